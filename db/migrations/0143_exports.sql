-- Files prepared for download: who took what, how many rows, and until when the file lies there.
CREATE TABLE export_run (
  id uuid PRIMARY KEY,
  source text COLLATE "C" NOT NULL,
  title text NOT NULL,
  format text COLLATE "C" NOT NULL,
  filter jsonb NOT NULL,
  columns jsonb NOT NULL,
  language text NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'expired')),
  made_by text NOT NULL,
  made_by_id text,
  at timestamptz NOT NULL,
  ended_at timestamptz,
  expires_at timestamptz NOT NULL,
  total integer,
  rows integer NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  lost integer NOT NULL DEFAULT 0,  -- characters the encoding cannot carry
  losses jsonb NOT NULL DEFAULT '[]',
  failure text,
  downloads integer NOT NULL DEFAULT 0
);
CREATE INDEX export_run_at ON export_run (at DESC, id DESC);
