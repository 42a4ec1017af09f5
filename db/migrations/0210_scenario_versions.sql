-- What a published version is for, and which older one it brings back.
ALTER TABLE scenario_version ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE scenario_version ADD COLUMN copy_of integer;

-- The version somebody entered by, when they were moved to another since: what came of a version is counted by it.
ALTER TABLE run ADD COLUMN entry_version integer;

-- People on their way who are moved from one version to another, by a map of steps, in pages that can be gone on with.
CREATE TABLE scenario_move (
  id uuid PRIMARY KEY,
  scenario_id uuid NOT NULL REFERENCES scenario (id),
  from_version integer NOT NULL,
  to_version integer NOT NULL,
  map jsonb NOT NULL, -- step of the old version: step of the new one, or null for the end
  waits text COLLATE "C" NOT NULL CHECK (waits IN ('keep', 'restart')),
  state text COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'replaced')),
  total integer NOT NULL,
  moved integer NOT NULL DEFAULT 0,
  ended integer NOT NULL DEFAULT 0, -- of the moved
  round smallint NOT NULL DEFAULT 1, -- in the first whoever has news waiting is left out
  mark_bucket smallint NOT NULL DEFAULT -1, -- everybody up to this key was looked at in this round
  mark_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  done_at timestamptz
);
CREATE INDEX scenario_move_scenario ON scenario_move (scenario_id, made_at DESC);
