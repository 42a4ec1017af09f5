-- What colleagues did with people and noted of them: calls, visits, notes, tasks, files. The journal has the events; these rows have the present text.
CREATE TABLE activity (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('call', 'visit', 'note', 'meeting', 'seminar', 'exhibition', 'letter', 'other')),
  occurred_at timestamptz NOT NULL,
  direction text COLLATE "C" CHECK (direction IN ('in', 'out')),
  result text COLLATE "C",
  minutes integer CHECK (minutes BETWEEN 0 AND 1440),
  title text,
  body text,
  pinned boolean NOT NULL DEFAULT false,
  user_id uuid, -- who did it
  user_name text NOT NULL,
  colleagues uuid[] NOT NULL DEFAULT '{}',
  group_id uuid NOT NULL, -- one act with several people
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  removed_at timestamptz,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX activity_group ON activity (group_id) WHERE group_id <> id;
CREATE INDEX activity_time ON activity (bucket, person_id, occurred_at DESC, id DESC) WHERE removed_at IS NULL;

CREATE TABLE task (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  title text NOT NULL,
  body text,
  due_at timestamptz,
  assignee_id uuid,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  done_at timestamptz,
  done_by text,
  told_at timestamptz, -- when it was said that it is due; null again after it was put off
  removed_at timestamptz,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX task_untold ON task (bucket, person_id, due_at) WHERE done_at IS NULL AND told_at IS NULL AND removed_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX task_open ON task (assignee_id, due_at, id) WHERE done_at IS NULL AND removed_at IS NULL;
CREATE INDEX task_done ON task (assignee_id, done_at DESC) WHERE done_at IS NOT NULL AND removed_at IS NULL;

CREATE TABLE person_file (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  extension text COLLATE "C" NOT NULL,
  size integer NOT NULL,
  sha256 text COLLATE "C" NOT NULL,
  stored text COLLATE "C" NOT NULL, -- our own random name under DATA_DIR/files
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  removed_at timestamptz,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX person_file_stored ON person_file (stored);
CREATE INDEX person_file_removed ON person_file (removed_at) WHERE removed_at IS NOT NULL;

-- Files whose row is gone, however it went (erasure, expiry, retention): a job takes them off the disk.
CREATE TABLE file_gone (
  stored text COLLATE "C" PRIMARY KEY
);
CREATE FUNCTION note_file_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A row that moved to another person is at its new key by the end of the statement or the transaction: the job looks before it takes anything.
  INSERT INTO file_gone (stored) VALUES (OLD.stored) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER person_file_gone AFTER DELETE ON person_file FOR EACH ROW EXECUTE FUNCTION note_file_gone();

CREATE INDEX IF NOT EXISTS person_lead_phone ON person (phone) WHERE identified_at IS NOT NULL AND phone IS NOT NULL;
