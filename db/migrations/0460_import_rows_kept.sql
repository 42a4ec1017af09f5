-- What stood in the rows that an import did not take names people: it goes thirty days after the import, or with whoever is erased. Line and
-- reason stay. Nobody looks twice at rows whose cells are gone.
ALTER TABLE import_row ALTER COLUMN cells DROP NOT NULL;
CREATE INDEX IF NOT EXISTS import_row_kept ON import_row (import_id, line) WHERE cells IS NOT NULL;
