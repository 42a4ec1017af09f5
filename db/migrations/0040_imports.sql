-- Imports of files: what was asked, how far it is, and every row that was not taken, by line and reason.
CREATE TABLE import_run (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  bytes bigint NOT NULL,
  encoding text NOT NULL,
  delimiter text NOT NULL,
  columns jsonb NOT NULL,
  mapping jsonb NOT NULL DEFAULT '[]',
  options jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL CHECK (status IN ('uploaded', 'running', 'done', 'failed', 'cancelled')),
  rows_estimate integer NOT NULL DEFAULT 0,
  rows_done integer NOT NULL DEFAULT 0, -- moves in the transaction that writes the rows: a killed import goes on here
  inserted integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  skipped integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  failure text,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  made_by text NOT NULL
);
CREATE INDEX import_run_created ON import_run (created_at DESC, id DESC);

CREATE TABLE import_row (
  import_id uuid NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
  line integer NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('skipped', 'rejected')),
  reason text NOT NULL,
  cells jsonb NOT NULL,
  PRIMARY KEY (import_id, line)
);
