-- Who is erased may be written of at that very moment, by a transaction that still sees them. Such rows go some minutes later: `swept_at` says
-- that they were looked for. Those erased before this are looked at once as well.
ALTER TABLE erasure ADD COLUMN swept_at timestamptz;
CREATE INDEX erasure_unswept ON erasure (at) WHERE swept_at IS NULL;
