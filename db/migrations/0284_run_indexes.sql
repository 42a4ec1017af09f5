-- Each step of a run writes into every index of its row and of its history, so these say no more than what is looked for: many entries
-- of one instant then share a key and are stored once.
DROP INDEX run_entered;
CREATE INDEX run_entered ON run (scenario_id, entered_at);
DROP INDEX run_step_way;
CREATE INDEX run_step_way ON run_step (scenario_id, step, way, left_at);
