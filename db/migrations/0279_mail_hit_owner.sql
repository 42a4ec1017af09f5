-- Whose network a hit came from, where that says something; the address itself is still not kept.
ALTER TABLE mail_hit ADD COLUMN network_of text NOT NULL DEFAULT '';
