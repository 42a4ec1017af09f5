-- Keys by which two leads may turn out to be one person: equal keys make a pair for a human to look at. Never compared all with all.
CREATE TABLE duplicate_key (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  kind text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (bucket, person_id, kind, value)
);
CREATE INDEX duplicate_key_value ON duplicate_key (kind, value);

ALTER TABLE merge_candidate ADD COLUMN reasons text[] NOT NULL DEFAULT '{}';
ALTER TABLE merge_candidate ADD COLUMN strength smallint NOT NULL DEFAULT 60;
UPDATE merge_candidate SET reasons = ARRAY[reason];
CREATE INDEX merge_candidate_strength ON merge_candidate (strength DESC, at DESC, person_id DESC, other_id DESC) WHERE settled_at IS NULL;

-- A click in a mail ties a device weakly: a later form of somebody else undoes it.
ALTER TABLE adoption ADD COLUMN weak boolean NOT NULL DEFAULT false;
CREATE INDEX adoption_weak ON adoption (bucket, person_id) WHERE weak AND undone_at IS NULL;
CREATE INDEX adoption_by_hand ON adoption (at DESC, id DESC) WHERE by_hand;

-- Merges (and their undoing) of people with very many rows: moved in pages, both parked meanwhile, resumed after a kill.
CREATE TABLE merge_run (
  id uuid PRIMARY KEY,
  act text NOT NULL CHECK (act IN ('merge', 'undo')),
  keep_bucket smallint NOT NULL,
  keep_id uuid NOT NULL,
  lose_bucket smallint NOT NULL,
  lose_id uuid NOT NULL,
  given jsonb NOT NULL,
  total integer NOT NULL,
  moved integer NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  fault text
);
CREATE UNIQUE INDEX merge_run_open ON merge_run (lose_id) WHERE finished_at IS NULL;
CREATE INDEX merge_run_keep ON merge_run (keep_id) WHERE finished_at IS NULL;
CREATE INDEX merge_run_started ON merge_run (started_at DESC);
