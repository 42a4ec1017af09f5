-- Lines of newsletters ("monthly", "for engineers") and their planned issues: what keeps a newsletter from dying after three.
CREATE TABLE newsletter_line (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  every_days smallint NOT NULL CHECK (every_days BETWEEN 1 AND 366),
  owner_id uuid,
  created_at timestamptz NOT NULL,
  archived_at timestamptz,
  -- The owner was told of this missing issue already.
  warned_for date
);
CREATE TABLE newsletter_issue (
  id uuid PRIMARY KEY,
  line_id uuid NOT NULL REFERENCES newsletter_line (id),
  day date NOT NULL,
  title text NOT NULL,
  newsletter_id uuid,
  created_at timestamptz NOT NULL
);
CREATE INDEX newsletter_issue_day ON newsletter_issue (day);
CREATE INDEX newsletter_issue_line ON newsletter_issue (line_id, day);
CREATE INDEX newsletter_of_line ON newsletter (line_id, started_at) WHERE line_id IS NOT NULL;
