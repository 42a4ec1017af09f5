-- Ranks by bands of a score, and a score that halves with time: its value as of an instant, from which any later one follows.
ALTER TABLE score
  ADD COLUMN rank text COLLATE "C",
  ADD COLUMN rank_since timestamptz,
  ADD COLUMN decayed double precision NOT NULL DEFAULT 0,
  ADD COLUMN decayed_at timestamptz;
