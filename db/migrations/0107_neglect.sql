-- When each lead was last touched, by kind of touch, who owns it since when, and whether it is in some plan or parked: folded, so that
-- "nobody forgotten" never scans the journal.
CREATE TABLE IF NOT EXISTS lead_touch (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  touched_at timestamptz NOT NULL, -- the newest of the kinds that count as a touch, else when it became a lead
  worked_at timestamptz NOT NULL,  -- the newest act of sales, or since when the owner has it
  sent_at timestamptz,
  opened_at timestamptz,
  clicked_at timestamptz,
  visited_at timestamptz,
  form_at timestamptz,
  activity_at timestamptz,
  deal_at timestamptz,
  since timestamptz NOT NULL,
  owner_id uuid,
  plan text COLLATE "C",
  parked_until date,
  parked_reason text,
  parked_by text,
  PRIMARY KEY (bucket, person_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX IF NOT EXISTS lead_touch_touched ON lead_touch (touched_at, person_id);
CREATE INDEX IF NOT EXISTS lead_touch_worked ON lead_touch (worked_at, person_id) WHERE owner_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS lead_touch_planless ON lead_touch (touched_at, person_id) WHERE plan IS NULL;
CREATE INDEX IF NOT EXISTS lead_touch_parked ON lead_touch (parked_until, person_id) WHERE parked_until IS NOT NULL;

INSERT INTO lead_touch (bucket, person_id, touched_at, worked_at, visited_at, since, owner_id)
SELECT bucket, id, greatest(identified_at, last_seen_at), greatest(identified_at, last_seen_at), last_seen_at, identified_at, owner_id
FROM person WHERE identified_at IS NOT NULL ON CONFLICT DO NOTHING;
