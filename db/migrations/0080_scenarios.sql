-- Scenarios: a draft that is edited, versions that are run, and one run per person on its way through a version.
CREATE TABLE scenario (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'live', 'paused', 'stopped')),
  draft jsonb NOT NULL,
  revision integer NOT NULL DEFAULT 1, -- of the draft: two editors at once are noticed
  live_version integer,
  live_revision integer, -- the draft that was published last: an older one has unpublished changes when it differs
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  archived_at timestamptz
);

CREATE TABLE scenario_version (
  scenario_id uuid NOT NULL REFERENCES scenario (id),
  version integer NOT NULL,
  graph jsonb NOT NULL,
  starts text[] NOT NULL, -- names of events that can start a run
  waits text[] NOT NULL, -- names of events that can move or end one
  published_at timestamptz NOT NULL,
  published_by text NOT NULL,
  PRIMARY KEY (scenario_id, version)
);

CREATE TABLE run (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL, -- a hash of the event that started it and the scenario: the same news starts it once
  scenario_id uuid NOT NULL,
  version integer NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'ended')),
  step text COLLATE "C", -- where it stands; null once it has ended
  arrived_at timestamptz NOT NULL,
  due_at timestamptz,
  heard jsonb,
  steps smallint NOT NULL,
  trigger_id text NOT NULL,
  cause_id uuid NOT NULL,
  hop smallint NOT NULL,
  entered_at timestamptz NOT NULL,
  ended_at timestamptz,
  how text CHECK (how IN ('completed', 'goal', 'stopped', 'merged')),
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX run_one_at_a_time ON run (bucket, person_id, scenario_id) WHERE status = 'active';
CREATE INDEX run_due ON run (scenario_id, due_at) WHERE status = 'active' AND due_at IS NOT NULL;
CREATE INDEX run_at_step ON run (scenario_id, step, bucket, person_id) WHERE status = 'active';
CREATE INDEX run_entered ON run (scenario_id, entered_at DESC, person_id);

-- The history of a run: each step that was left, by which way, and why.
CREATE TABLE run_step (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  run_id uuid NOT NULL,
  ordinal smallint NOT NULL,
  scenario_id uuid NOT NULL,
  step text COLLATE "C" NOT NULL,
  way text COLLATE "C" NOT NULL,
  arrived_at timestamptz NOT NULL,
  left_at timestamptz NOT NULL,
  because jsonb NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, run_id, ordinal)
);
CREATE INDEX run_step_way ON run_step (scenario_id, step, way, left_at DESC, person_id);

-- How many people took each way: the numbers on the canvas. Spread over slots, so that workers do not queue for one row.
CREATE TABLE scenario_tally (
  scenario_id uuid NOT NULL,
  step text COLLATE "C" NOT NULL,
  way text COLLATE "C" NOT NULL,
  slot smallint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (scenario_id, step, way, slot)
) WITH (fillfactor = 50);

-- How far the date triggers of live scenarios have been worked off.
CREATE TABLE scenario_clock (
  scenario_id uuid NOT NULL REFERENCES scenario (id),
  trigger_id text COLLATE "C" NOT NULL,
  done_until timestamptz NOT NULL,
  cursor_day date, -- a day that is being worked off, and the last person of its last page
  cursor_bucket smallint,
  cursor_person uuid,
  PRIMARY KEY (scenario_id, trigger_id)
);
