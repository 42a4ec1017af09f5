-- Whoever comes and goes at one instant differs in these indexes by the person alone. With the bucket before the id, as everywhere else, the
-- entries of people who are written together lie side by side; by the id alone each of them lay on a page of its own.
DROP INDEX segment_stay_entered;
CREATE INDEX segment_stay_entered ON segment_stay (segment_id, entered_at DESC, bucket DESC, person_id DESC);
DROP INDEX membership_members;
CREATE INDEX membership_members ON membership (segment_id, version, since DESC, bucket DESC, person_id DESC) WHERE is_in;
-- Nobody reads those who left in the order of people any more.
DROP INDEX segment_stay_left_by;
CREATE INDEX segment_stay_left ON segment_stay (segment_id, left_at) WHERE left_at IS NOT NULL;
