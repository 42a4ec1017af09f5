-- Runs end by exit rules, too; whoever is drawn into the control group of a scenario enters and ends at once.
ALTER TABLE run DROP CONSTRAINT run_how_check;
ALTER TABLE run ADD CONSTRAINT run_how_check CHECK (how IN ('completed', 'goal', 'exited', 'stopped', 'held', 'merged')) NOT VALID;
ALTER TABLE run VALIDATE CONSTRAINT run_how_check;
