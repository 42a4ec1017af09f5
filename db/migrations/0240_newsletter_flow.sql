-- How a newsletter goes out: at each reader's own hour, after a second person has said yes, as a test of two, as a page on the web.
ALTER TABLE newsletter
  -- The reader's own hour, `YYYY-MM-DDTHH:MM`; empty: one instant for all.
  ADD COLUMN local_at text,
  ADD COLUMN asked_by text,
  ADD COLUMN asked_at timestamptz,
  ADD COLUMN approved_by text,
  ADD COLUMN approved_at timestamptz,
  -- The words that were approved; other words want another yes.
  ADD COLUMN approved_version uuid,
  ADD COLUMN on_web boolean NOT NULL DEFAULT false,
  -- What is tried against what, and with how many.
  ADD COLUMN test jsonb,
  -- The version the second half of the sample gets.
  ADD COLUMN test_version uuid,
  -- When it is decided at the latest.
  ADD COLUMN test_until timestamptz,
  ADD COLUMN test_result jsonb,
  ADD COLUMN test_looked_at timestamptz,
  -- The line it is an issue of.
  ADD COLUMN line_id uuid;
CREATE INDEX newsletter_tested ON newsletter (test_until) WHERE test IS NOT NULL AND test_result IS NULL;

-- Who a version says it is from; empty: as everywhere.
ALTER TABLE template_version ADD COLUMN sender_name text;
