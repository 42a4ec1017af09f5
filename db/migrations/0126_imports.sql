-- Imports that are tried before they are done, can be paused and taken back.
ALTER TABLE import_run DROP CONSTRAINT import_run_status_check;
ALTER TABLE import_run ADD CONSTRAINT import_run_status_check
  CHECK (status IN ('uploaded', 'checking', 'checked', 'running', 'paused', 'done', 'failed', 'cancelled', 'undoing', 'undone'));
ALTER TABLE import_run ADD COLUMN target text NOT NULL DEFAULT 'people';
ALTER TABLE import_run ADD COLUMN sheets jsonb NOT NULL DEFAULT '[]'; -- names of the sheets of a workbook
ALTER TABLE import_run ADD COLUMN sheet integer NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN rows_total integer; -- exact, once the whole file was read
ALTER TABLE import_run ADD COLUMN mark bigint NOT NULL DEFAULT 0; -- where in the read file the next page begins
ALTER TABLE import_run ADD COLUMN found jsonb; -- what the trial run found
ALTER TABLE import_run ADD COLUMN leg_at timestamptz; -- since when, and from which row, it runs without a pause: rate and remaining time
ALTER TABLE import_run ADD COLUMN leg_rows integer NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN last_at timestamptz;
ALTER TABLE import_run ADD COLUMN undone jsonb; -- what taking it back did

-- One row per page that was written: the people (or deals) it made, so that they can be taken away again. Ids alone.
CREATE TABLE import_page (
  import_id uuid NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
  page integer NOT NULL,
  made uuid[] NOT NULL,
  joined boolean NOT NULL DEFAULT false, -- the people made joined the import's campaign
  undone_at timestamptz,
  PRIMARY KEY (import_id, page)
);

-- What a row changed about somebody who was known before; goes after thirty days.
CREATE TABLE import_touch (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  at timestamptz NOT NULL,
  changes jsonb NOT NULL,  -- [{field, column, from, to}]
  keys jsonb NOT NULL,     -- addresses and external ids that the row gave them
  member jsonb,            -- {from, to}: their status in the import's campaign
  undone_at timestamptz,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, import_id, line)
);
CREATE INDEX import_touch_import ON import_touch (import_id, line DESC);

-- The mapping that was used for a set of headers, so that the next file of that kind finds it.
CREATE TABLE import_mapping (
  headers_key text PRIMARY KEY,
  target text NOT NULL,
  mapping jsonb NOT NULL,
  options jsonb NOT NULL,
  used_at timestamptz NOT NULL
);

-- A deal that came with an import keeps the key it was known by, so that the same file makes it once.
ALTER TABLE deal ADD COLUMN import_key text;
CREATE UNIQUE INDEX deal_import_key ON deal (import_key) WHERE import_key IS NOT NULL;
