-- Those who left by one edit are told page by page in the order of people.
CREATE INDEX segment_stay_left_by ON segment_stay (segment_id, left_at, person_id) WHERE left_at IS NOT NULL;
DROP INDEX segment_stay_left;
