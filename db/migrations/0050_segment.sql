-- Segments: named rules over people, their versions, who is in, and every stay with the facts that made it true.
CREATE TABLE segment (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  audience text NOT NULL CHECK (audience IN ('leads', 'everyone')),
  live_version integer,
  members bigint NOT NULL DEFAULT 0, -- counted by list pages now and then, never decided from
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  archived_at timestamptz
);
CREATE UNIQUE INDEX segment_name ON segment (lower(name)) WHERE archived_at IS NULL;

CREATE TABLE segment_version (
  segment_id uuid NOT NULL REFERENCES segment (id),
  version integer NOT NULL,
  audience text NOT NULL,
  rule jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('filling', 'live', 'past', 'dropped')),
  starts_scenarios boolean NOT NULL, -- whether those let in by this edit start scenarios
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  live_at timestamptz,
  ended_at timestamptz,
  filled_buckets smallint NOT NULL DEFAULT 0, -- progress of 256
  told_buckets smallint NOT NULL DEFAULT 0, -- of the events that tell who came and went by the edit
  PRIMARY KEY (segment_id, version)
);
CREATE INDEX segment_version_open ON segment_version (segment_id) WHERE state IN ('filling', 'live');

-- One row: reactions take it FOR SHARE and read which versions there are; a publication and its flip take it FOR UPDATE.
CREATE TABLE segment_stamp (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  stamp bigint NOT NULL
);
INSERT INTO segment_stamp (stamp) VALUES (1);

-- A row for members, and for those who are out but will come in by time alone.
CREATE TABLE membership (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  version integer NOT NULL,
  is_in boolean NOT NULL,
  since timestamptz NOT NULL,
  next_change_at timestamptz,
  because jsonb NOT NULL,
  PRIMARY KEY (bucket, person_id, segment_id, version)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX membership_members ON membership (segment_id, version, since DESC, person_id DESC) WHERE is_in;

-- The history: one row per stay.
CREATE TABLE segment_stay (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  entered_at timestamptz NOT NULL,
  id uuid NOT NULL,
  left_at timestamptz,
  because jsonb NOT NULL,
  left_because jsonb,
  entered_by_edit boolean NOT NULL DEFAULT false,
  left_by_edit boolean NOT NULL DEFAULT false,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, segment_id, entered_at, id)
) WITH (fillfactor = 85);
CREATE INDEX segment_stay_entered ON segment_stay (segment_id, entered_at DESC, person_id DESC);
CREATE INDEX segment_stay_left ON segment_stay (segment_id, left_at) WHERE left_at IS NOT NULL;
CREATE INDEX segment_stay_open ON segment_stay (bucket, person_id, segment_id) WHERE left_at IS NULL;
