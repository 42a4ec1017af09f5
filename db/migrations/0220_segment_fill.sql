-- What a full compute of a segment found, on its way into memberships page by page. It may be lost: the compute begins anew.
CREATE UNLOGGED TABLE segment_fill (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  segment_id uuid NOT NULL,
  version integer NOT NULL,
  is_in boolean NOT NULL,
  next_change_at timestamptz,
  PRIMARY KEY (bucket, person_id, segment_id, version)
);
