-- Why a version was given up: its compute took too long. Null for all others.
ALTER TABLE segment_version ADD COLUMN fault text CHECK (fault IN ('slow'));
