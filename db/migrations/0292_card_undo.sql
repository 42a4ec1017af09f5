-- What taking back the confirmation of a card needs; emptied after 30 days.
ALTER TABLE card ADD COLUMN IF NOT EXISTS undo jsonb;
