-- What sales found out about a lead, field by field of a framework (BANT, CHAMP), with the evidence.
CREATE TABLE qualification (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  framework text COLLATE "C" NOT NULL CHECK (framework IN ('bant', 'champ')),
  field text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL CHECK (status IN ('unknown', 'partly', 'confirmed', 'negative')),
  evidence text NOT NULL DEFAULT '',
  heard_on date NOT NULL,
  activity_id uuid,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, framework, field)
);

-- What an MQL is, version by version. One is in force, one at most is proposed.
CREATE TABLE mql_version (
  version integer PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('proposed', 'live', 'past')),
  rule jsonb NOT NULL,
  note text NOT NULL DEFAULT '',
  segment_id uuid,
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  marketing_at timestamptz,
  marketing_by text,
  sales_at timestamptz,
  sales_by text,
  live_at timestamptz,
  live_by text,
  ended_at timestamptz
);
CREATE UNIQUE INDEX mql_version_open ON mql_version (state) WHERE state <> 'past';

-- Leads that a rule or scenario would have handed to sales, had the guard not kept them: one row per lead and day.
CREATE TABLE handoff_block (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  day date NOT NULL,
  at timestamptz NOT NULL,
  times integer NOT NULL DEFAULT 1,
  reason text NOT NULL,
  why jsonb NOT NULL,
  settled_at timestamptz, -- handed over after all, or kept again on a later day
  override text,          -- why a person handed it over all the same
  override_by text,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, day)
);
CREATE INDEX handoff_block_open ON handoff_block (at DESC, person_id DESC) WHERE settled_at IS NULL;
CREATE INDEX handoff_block_day ON handoff_block (day);

-- Whom sales has dealt with, or put off, on the list of whom to call now.
CREATE TABLE priority_mark (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('done', 'snoozed')),
  at timestamptz NOT NULL,
  until timestamptz,
  by_name text NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id)
);

-- The list of whom to call begins with the newest hot leads and the tasks that are due.
CREATE INDEX score_hot ON score (model, version, heat_since DESC) WHERE heat = 'hot';
CREATE INDEX task_due ON task (due_at DESC) WHERE done_at IS NULL AND removed_at IS NULL AND due_at IS NOT NULL;
