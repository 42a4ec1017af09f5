-- Whoever is deleted may be written of at that very moment, by a transaction that still sees them: erased, expired or taken back with an import.
-- They stand here until somebody has looked once more, some minutes later.
CREATE TABLE deleted_person (
  person_id uuid PRIMARY KEY,
  at timestamptz NOT NULL
);
CREATE INDEX deleted_person_at ON deleted_person (at);
INSERT INTO deleted_person SELECT person_id, at FROM erasure WHERE swept_at IS NULL;
ALTER TABLE erasure DROP COLUMN swept_at;
