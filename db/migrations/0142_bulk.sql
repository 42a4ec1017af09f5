-- Changes to many leads at once, each value kept so that it can be taken back.
CREATE TABLE bulk_act (
  id uuid PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  act jsonb NOT NULL,
  filter jsonb,                     -- what the list showed; null when leads were chosen one by one
  state text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone')),
  made_by text NOT NULL,
  made_by_id text,
  at timestamptz NOT NULL,
  ended_at timestamptz,
  total integer,                    -- known once the leads are listed
  done integer NOT NULL DEFAULT 0,
  changed integer NOT NULL DEFAULT 0,
  mark_bucket smallint NOT NULL DEFAULT -1, -- everybody up to this key is done
  mark_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  failure text,
  undo_until timestamptz NOT NULL,
  undone_by text,
  undone_at timestamptz,
  restored integer NOT NULL DEFAULT 0,
  kept integer NOT NULL DEFAULT 0   -- not taken back: changed again since, or a stop of mail
);
CREATE INDEX bulk_act_at ON bulk_act (at DESC, id DESC);

-- Whom it concerns, and what was there before. Goes when the act can no longer be taken back.
CREATE TABLE bulk_person (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  act_id uuid NOT NULL REFERENCES bulk_act (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  changes jsonb,                    -- [{field, column, from, to}]; null: nothing changed
  PRIMARY KEY (bucket, person_id, act_id)
) WITH (fillfactor = 70);
CREATE INDEX bulk_person_act ON bulk_person (act_id, bucket, person_id);

-- Leads in the trash: out of every list (identified_at is null meanwhile), erased for good after `until`.
CREATE TABLE lead_trash (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  act_id uuid,
  at timestamptz NOT NULL,
  until timestamptz NOT NULL,
  by text NOT NULL,
  identified_at timestamptz NOT NULL, -- what comes back with the lead
  keep boolean NOT NULL,
  PRIMARY KEY (bucket, person_id)
);
CREATE INDEX lead_trash_until ON lead_trash (until);
