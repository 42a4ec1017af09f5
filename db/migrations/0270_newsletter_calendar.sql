-- Lines of newsletters with a planned rhythm, their issues ahead, and what their owners were told: what keeps a newsletter from dying after three.
CREATE TABLE newsletter_line (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  rhythm jsonb NOT NULL,
  -- The first issue stands on the first day of the rhythm from here on.
  starts_on date NOT NULL,
  -- `HH:MM` in the zone of the company
  send_at text NOT NULL,
  owner_id uuid,
  topic_id uuid,
  include uuid[] NOT NULL,
  exclude uuid[] NOT NULL,
  template_id uuid,
  sender text CHECK (sender IN ('company', 'owner')),
  -- The draft is due so many business days before the issue.
  draft_days smallint NOT NULL CHECK (draft_days BETWEEN 0 AND 60),
  -- A missing issue is told so many days ahead.
  ahead_days smallint NOT NULL CHECK (ahead_days BETWEEN 1 AND 90),
  -- Hours an issue takes, and hours there are for it, as its people estimate them.
  hours_needed real,
  hours_free real,
  created_at timestamptz NOT NULL,
  archived_at timestamptz
);

CREATE TABLE newsletter_issue (
  id uuid PRIMARY KEY,
  line_id uuid NOT NULL REFERENCES newsletter_line (id),
  -- The day of the rhythm it stands for, wherever it was moved to; null: an issue beside the rhythm.
  slot date,
  day date NOT NULL,
  theme text NOT NULL,
  content text NOT NULL,
  -- null: the line's
  owner_id uuid,
  due_on date NOT NULL,
  -- This time there is none, and that is meant.
  skipped boolean NOT NULL DEFAULT false,
  newsletter_id uuid REFERENCES newsletter (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE INDEX newsletter_issue_line ON newsletter_issue (line_id, day) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX newsletter_issue_slot ON newsletter_issue (line_id, slot) WHERE removed_at IS NULL AND slot IS NOT NULL;
CREATE UNIQUE INDEX newsletter_issue_of ON newsletter_issue (newsletter_id) WHERE removed_at IS NULL AND newsletter_id IS NOT NULL;

-- What the owner of a line was told, once for each issue.
CREATE TABLE newsletter_notice (
  line_id uuid NOT NULL REFERENCES newsletter_line (id),
  kind text NOT NULL CHECK (kind IN ('missing', 'late', 'overdue')),
  day date NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (line_id, kind, day)
);

-- Test sends of newsletters: that they were made, of which words, to how many. Never to whom.
CREATE TABLE newsletter_rehearsal (
  id uuid PRIMARY KEY,
  template_id uuid NOT NULL REFERENCES template (id),
  version_id uuid NOT NULL,
  sent smallint NOT NULL,
  at timestamptz NOT NULL,
  made_by text NOT NULL
);
CREATE INDEX newsletter_rehearsal_of ON newsletter_rehearsal (template_id, at DESC);
