-- What calls said of people would stay when they are erased; the audit log keeps whom it was about and which fields were written.
-- Lines written before are brought into that form.
CREATE FUNCTION audit_veiled(v jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE jsonb_typeof(v)
    WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(key, audit_veiled(value)), '{}') FROM jsonb_each(v) WHERE value <> 'null')
    WHEN 'array' THEN (SELECT coalesce(jsonb_agg(audit_veiled(value) ORDER BY n), '[]') FROM jsonb_array_elements(v) WITH ORDINALITY e(value, n))
    WHEN 'boolean' THEN v
    WHEN 'null' THEN v
    ELSE CASE WHEN v #>> '{}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN v ELSE '"…"' END
  END;
END $$;
UPDATE audit SET detail = audit_veiled(detail) WHERE detail <> '{}' AND (
  subject_kind IN ('leads', 'households', 'activities', 'tasks', 'files', 'duplicates', 'privacy', 'bulk', 'neglect', 'qualify', 'priority', 'cards', 'handoffs', 'trash')
    AND action NOT IN ('files.upload', 'cards.upload')
    -- How a room works says nothing of anybody.
    AND action NOT IN ('privacy.setRetention', 'neglect.save', 'handoffs.saveSettings', 'qualify.saveSettings', 'cards.saveSettings')
  OR action IN ('campaigns.join', 'campaigns.leave', 'scores.addPoints', 'exports.start', 'mail.testSend', 'newsletters.rehearse'));
DROP FUNCTION audit_veiled(jsonb);
