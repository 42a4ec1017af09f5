-- A prepared file that may name somebody who was erased since is taken back.
ALTER TABLE export_run DROP CONSTRAINT IF EXISTS export_run_state_check;
ALTER TABLE export_run ADD CONSTRAINT export_run_state_check
  CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'expired', 'withdrawn'));
