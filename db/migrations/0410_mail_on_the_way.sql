-- A mail on its way is written three times: claimed, marked, settled. Indexes that name `status`, `worker` or `marked_at` had a new entry
-- at each of them. They name two columns instead that do not change until its outcome, so the claim and the mark are written in place.
-- `standing`: 'open' until the outcome, then the status. `reached_at`: when it reached its person (or may have); 'infinity' until then,
-- null when it did not. Both follow from the other columns, whichever version of the product writes them.
-- This writes `delivery` and its indexes anew, and locks it for as long: up to half a minute for each million mails.
ALTER TABLE delivery
  ADD COLUMN standing text COLLATE "C" GENERATED ALWAYS AS (
    CASE WHEN status IN ('queued', 'deferred', 'claimed', 'transmitting') THEN 'open' ELSE status END) STORED,
  ADD COLUMN reached_at timestamptz GENERATED ALWAYS AS (
    CASE WHEN status IN ('queued', 'deferred', 'claimed', 'transmitting') THEN 'infinity'
      WHEN status IN ('sent', 'unknown') OR sent_at IS NOT NULL THEN greatest(marked_at, sent_at) END) STORED;
DROP INDEX delivery_waiting, delivery_held, delivery_unknown, delivery_of_source, delivery_sent, delivery_reached, delivery_wishes,
  delivery_postponed, delivery_given_up;
CREATE INDEX delivery_waiting ON delivery (source, priority DESC, not_before) WHERE standing = 'open';
CREATE INDEX delivery_unknown ON delivery (reached_at, id) WHERE standing = 'unknown';
CREATE INDEX delivery_of_source ON delivery (source, standing, bucket, person_id) WHERE source <> '00000000-0000-0000-0000-000000000000';
-- What somebody has had, and what is on its way to them, for the caps, the hours they read at, and whose turn it is.
CREATE INDEX delivery_reached ON delivery (bucket, person_id, reached_at) WHERE reached_at IS NOT NULL;
CREATE INDEX delivery_postponed ON delivery (reason, not_before) WHERE standing = 'open' AND reason IN ('capped', 'quiet');
CREATE INDEX delivery_given_up ON delivery (created_at) WHERE standing = 'suppressed' AND reason = 'capped';
-- A page keeps room for the next version of each of its rows: without it they cannot be written in place. A row grows by half on its way,
-- so the pages of mails that are through are two thirds full.
ALTER TABLE delivery SET (fillfactor = 45);
