-- What holds a restored installation back until an operator lets it go on, what is told to the log of stops, and the backups made.

CREATE TABLE hold (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  since timestamptz NOT NULL,
  parts text[] NOT NULL,       -- what still waits
  about jsonb NOT NULL
);

-- Jobs that wait outside of the queue: those a backup brought along, and those whose part is held.
CREATE TABLE held_job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  data jsonb NOT NULL,
  at timestamptz NOT NULL
);

-- Stops and erasures on their way into the log file beside the database; a row goes when the file has it.
CREATE TABLE stop_note (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  note jsonb NOT NULL
);

-- Triggers rather than calls: whoever writes a stop, by whatever door, has told the log in the same transaction.
CREATE FUNCTION note_suppression() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO stop_note (at, note) VALUES (clock_timestamp(), jsonb_build_object('kind', 'lift', 'hash', OLD.address_hash));
  ELSIF TG_OP = 'INSERT' OR NEW.level <> OLD.level OR NEW.reason <> OLD.reason THEN
    INSERT INTO stop_note (at, note) VALUES (clock_timestamp(), jsonb_build_object(
      'kind', 'stop', 'hash', NEW.address_hash, 'reason', NEW.reason, 'level', NEW.level, 'since', NEW.since, 'source', NEW.source));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER suppression_note AFTER INSERT OR UPDATE OR DELETE ON suppression FOR EACH ROW EXECUTE FUNCTION note_suppression();

CREATE FUNCTION note_topic_stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO stop_note (at, note) VALUES (clock_timestamp(), jsonb_build_object('kind', 'topicLift', 'person', OLD.person_id, 'topic', OLD.topic_id));
  ELSE
    INSERT INTO stop_note (at, note) VALUES (clock_timestamp(), jsonb_build_object(
      'kind', 'topicStop', 'person', NEW.person_id, 'topic', NEW.topic_id, 'since', NEW.since));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER topic_stop_note AFTER INSERT OR DELETE ON topic_stop FOR EACH ROW EXECUTE FUNCTION note_topic_stop();

CREATE FUNCTION note_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stop_note (at, note) VALUES (clock_timestamp(), jsonb_build_object('kind', 'erased', 'person', NEW.person_id, 'at', NEW.at));
  RETURN NULL;
END $$;
CREATE TRIGGER erasure_note AFTER INSERT ON erasure FOR EACH ROW EXECUTE FUNCTION note_erasure();

CREATE TABLE backup_run (
  id uuid PRIMARY KEY,
  how text NOT NULL CHECK (how IN ('hand', 'schedule', 'cli')),
  status text NOT NULL CHECK (status IN ('running', 'done', 'failed')),
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,  -- moves while it runs: one that stands still was killed
  finished_at timestamptz,
  snapshot_at timestamptz,
  made_by text NOT NULL,
  file text,
  bytes bigint NOT NULL DEFAULT 0,
  rows bigint NOT NULL DEFAULT 0,
  rows_estimate bigint NOT NULL DEFAULT 0,
  failure text,
  removed_at timestamptz
);
CREATE INDEX backup_run_started ON backup_run (started_at DESC, id DESC);
