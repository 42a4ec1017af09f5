-- Who got whom by which run, so that a run can be taken back; and whose turn it is in each group.
CREATE TABLE IF NOT EXISTS assignment_turn (
  group_id text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL,
  credit double precision NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, user_id)
);

CREATE TABLE IF NOT EXISTS assignment_run (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('assigned', 'returned')),
  at timestamptz NOT NULL,
  by_name text NOT NULL,
  n integer NOT NULL,
  undone_at timestamptz,
  undone_by text
);
CREATE INDEX IF NOT EXISTS assignment_run_at ON assignment_run (at DESC, id DESC);

CREATE TABLE IF NOT EXISTS assignment_given (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  run_id uuid NOT NULL,
  before_id uuid,
  after_id uuid,
  at timestamptz NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, run_id)
);
CREATE INDEX IF NOT EXISTS assignment_given_run ON assignment_given (run_id);
