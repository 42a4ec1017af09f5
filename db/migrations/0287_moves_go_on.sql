-- When the last page of a move was worked off: one that has rested too long is taken up again.
ALTER TABLE scenario_move ADD COLUMN worked_at timestamptz;
