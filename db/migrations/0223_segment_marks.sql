-- Rows that only kept a full compute from writing over a reaction; they go when the version is in force.
CREATE INDEX membership_marks ON membership (segment_id, version) WHERE NOT is_in AND next_change_at IS NULL;
