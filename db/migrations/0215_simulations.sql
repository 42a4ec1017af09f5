-- What drafts of scenarios would have done in the past: what was asked, small sums, and a sample of people behind each number.
CREATE TABLE simulation (
  id uuid PRIMARY KEY,
  scenario_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
  asked jsonb NOT NULL, -- the drafts as they were, the window, and how answers to mails are taken
  result jsonb,
  progress smallint NOT NULL DEFAULT 0, -- per cent of the window
  events bigint NOT NULL DEFAULT 0,
  failure text,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz
);
CREATE INDEX simulation_of_scenario ON simulation (scenario_id, made_at DESC, id DESC);
CREATE INDEX simulation_age ON simulation (made_at);

-- How many took a way on a day of the window.
CREATE TABLE simulation_day (
  simulation_id uuid NOT NULL REFERENCES simulation (id) ON DELETE CASCADE,
  part text COLLATE "C" NOT NULL,
  day smallint NOT NULL,
  step text COLLATE "C" NOT NULL,
  way text COLLATE "C" NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (simulation_id, part, day, step, way)
);

-- People behind a number: all of them, or a sample where there are many.
CREATE TABLE simulation_person (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  simulation_id uuid NOT NULL REFERENCES simulation (id) ON DELETE CASCADE,
  part text COLLATE "C" NOT NULL,
  place text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  id uuid NOT NULL,
  note jsonb NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX simulation_person_place ON simulation_person (simulation_id, part, place, at, id);
