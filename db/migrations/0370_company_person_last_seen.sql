-- When somebody of a company was last seen stands with the person, and nobody read it here: with each score that moved it was written anew.
ALTER TABLE company_person DROP COLUMN last_seen;
