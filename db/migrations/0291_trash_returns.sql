-- Who lay in the trash and came back by an import: counted, and put there again when the import is undone.
ALTER TABLE import_run ADD COLUMN IF NOT EXISTS returned integer NOT NULL DEFAULT 0;
ALTER TABLE import_touch ADD COLUMN IF NOT EXISTS back boolean NOT NULL DEFAULT false;
CREATE INDEX IF NOT EXISTS lead_trash_at ON lead_trash (at DESC, person_id DESC);
