-- Those who are not cold in the order of their score: a list of the hot ones by score reads its page and no more. score_rank answers what
-- score_total did: each is a write for every change of a score.
CREATE INDEX IF NOT EXISTS score_heat_rank ON score (model, version, heat, total, person_id) WHERE heat <> 'cold';
DROP INDEX IF EXISTS score_heat;
DROP INDEX IF EXISTS score_total;
