-- Scores: named models, their rule versions, a ledger that always adds up, and its sums.
CREATE TABLE score_model (
  name text COLLATE "C" PRIMARY KEY,
  label text NOT NULL,
  position integer NOT NULL,
  live_version integer
);
INSERT INTO score_model (name, label, position) VALUES ('main', '総合スコア', 0);

CREATE TABLE score_version (
  model text COLLATE "C" NOT NULL REFERENCES score_model (name),
  version integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'filling', 'live', 'past', 'dropped')),
  rules jsonb NOT NULL,
  settings jsonb NOT NULL,
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  published_at timestamptz,
  live_at timestamptz,
  ended_at timestamptz,
  starts_scenarios boolean NOT NULL DEFAULT false,
  filled_buckets smallint NOT NULL DEFAULT 0, -- progress of 256
  told_buckets smallint NOT NULL DEFAULT 0, -- of the events that tell whose score the edit changed
  PRIMARY KEY (model, version)
);
CREATE UNIQUE INDEX score_version_draft ON score_version (model) WHERE state = 'draft';
CREATE UNIQUE INDEX score_version_filling ON score_version (model) WHERE state = 'filling';

-- One row: reactions take it FOR SHARE and read which versions there are; a publication and its flip take it FOR UPDATE.
CREATE TABLE score_stamp (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  stamp bigint NOT NULL
);
INSERT INTO score_stamp (stamp) VALUES (1);

-- The ledger. An attribute entry ends when the attribute no longer holds and stays as history; sums take those that have not ended or expired.
CREATE TABLE score_entry (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  model text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  rule_id uuid NOT NULL,
  event_id uuid NOT NULL, -- the journal event, or a derived id for an attribute
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('attribute', 'behaviour')),
  delta integer NOT NULL,
  at timestamptz NOT NULL, -- when the event occurred, or the attribute was seen to hold
  expires_at timestamptz,
  ended_at timestamptz,
  because jsonb,
  PRIMARY KEY (bucket, person_id, model, version, rule_id, event_id)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

-- The five columns; a total that is not their sum cannot be stored. (Not a generated column: rows move and are restored whole.)
CREATE TABLE score (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  model text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  attribute_plus integer NOT NULL,
  attribute_minus integer NOT NULL,
  behaviour_plus integer NOT NULL,
  behaviour_minus integer NOT NULL,
  total integer NOT NULL CHECK (total = attribute_plus + attribute_minus + behaviour_plus + behaviour_minus),
  recent integer NOT NULL,
  heat text COLLATE "C" NOT NULL CHECK (heat IN ('hot', 'warm', 'cold')),
  heat_since timestamptz NOT NULL,
  attributes_due_at timestamptz, -- when time alone changes an attribute rule
  next_change_at timestamptz, -- when time alone changes anything here
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (bucket, person_id, model, version)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX score_total ON score (model, version, total DESC, person_id);
