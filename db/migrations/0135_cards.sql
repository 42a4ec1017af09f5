-- Business cards: photos in a batch (one exhibition, one drawer), each card read by a machine, confirmed by a human.
CREATE TABLE card_batch (
  id uuid PRIMARY KEY,
  source text NOT NULL DEFAULT '',
  campaign_id uuid,
  exchanged_on date NOT NULL,
  exchanged_by uuid,
  exchanged_by_name text NOT NULL DEFAULT '',
  starts boolean NOT NULL,       -- whoever is confirmed starts scenarios; piles of old cards do not
  overwrites boolean NOT NULL,   -- a fresh card knows better than what is stored, an old one only fills gaps
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cancelled')),
  photos integer NOT NULL DEFAULT 0,
  asked boolean NOT NULL DEFAULT false, -- a reading job is queued and has not begun
  created_at timestamptz NOT NULL,
  made_by text NOT NULL
);
CREATE INDEX card_batch_created ON card_batch (created_at DESC, id DESC);

CREATE TABLE card (
  id uuid PRIMARY KEY,
  batch_id uuid NOT NULL REFERENCES card_batch (id) ON DELETE CASCADE,
  position integer NOT NULL,
  part integer NOT NULL DEFAULT 0,  -- several cards on one photo
  status text NOT NULL CHECK (status IN ('waiting', 'queued', 'reading', 'review', 'confirmed', 'discarded')),
  front uuid,                       -- names of the photos' files
  back uuid,
  corners jsonb NOT NULL DEFAULT '{}',  -- given by hand, in shares of the photo
  seen jsonb NOT NULL DEFAULT '{}',     -- how each side was read: size, corners used, confidence
  fields jsonb NOT NULL DEFAULT '{}',   -- what was read; emptied when confirmed: then it is the person's
  failure text,
  tries integer NOT NULL DEFAULT 0,
  claimed_at timestamptz,
  read_at timestamptz,
  created_at timestamptz NOT NULL,
  settled_at timestamptz,
  settled_by text,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (batch_id, position, part)
);
CREATE INDEX card_open ON card (created_at, id) WHERE status IN ('review', 'queued', 'reading', 'waiting');
CREATE INDEX card_photo ON card (front);
CREATE INDEX card_photo_back ON card (back);

-- Whose card it is, once confirmed.
CREATE TABLE card_person (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  card_id uuid NOT NULL,
  at timestamptz NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, card_id)
);
CREATE INDEX card_person_card ON card_person (card_id);
