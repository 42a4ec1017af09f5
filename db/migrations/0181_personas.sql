-- Named personas: an imagined customer, and the live segment of real leads who are like it.
CREATE TABLE persona (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  place integer NOT NULL,
  profile jsonb NOT NULL DEFAULT '{}',
  -- The rule as it was last saved here; the segment's own is the one in force.
  rule jsonb NOT NULL,
  segment_id uuid NOT NULL REFERENCES segment (id),
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  removed_at timestamptz
);
CREATE UNIQUE INDEX persona_name ON persona (lower(name)) WHERE removed_at IS NULL;
CREATE INDEX persona_segment ON persona (segment_id) WHERE removed_at IS NULL;
