-- A task may ask how it went: the results to choose from, and the one chosen.
ALTER TABLE task ADD COLUMN results jsonb NOT NULL DEFAULT '[]', ADD COLUMN result text;
