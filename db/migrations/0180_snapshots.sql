-- Dated lists: who was in a segment or a filtered list when somebody froze it.
CREATE TABLE snapshot (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  note text NOT NULL DEFAULT '',
  -- What was frozen, in words of that time: the segment's name, or the filter.
  taken_from jsonb NOT NULL DEFAULT '{}',
  people integer NOT NULL DEFAULT 0,
  taken_at timestamptz NOT NULL,
  taken_by text NOT NULL,
  removed_at timestamptz
);
CREATE INDEX snapshot_taken ON snapshot (taken_at DESC, id DESC) WHERE removed_at IS NULL;

CREATE TABLE snapshot_member (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  snapshot_id uuid NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
  added_at timestamptz NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, snapshot_id)
);
CREATE INDEX snapshot_member_snapshot ON snapshot_member (snapshot_id, bucket, person_id);
