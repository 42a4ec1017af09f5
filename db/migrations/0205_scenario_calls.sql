-- Calls of scenarios to the outside: webhooks and notices into chats. A row is one call under its stable id, however often it is tried.
CREATE TABLE scenario_call (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('webhook', 'chat')),
  scenario_id uuid NOT NULL,
  run_id uuid NOT NULL,
  step text COLLATE "C" NOT NULL,
  target text NOT NULL,          -- the address of a webhook, or the id of a notice channel
  body text NOT NULL,
  at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'taken', 'failed', 'refused')),
  tries smallint NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,  -- while a worker holds the row: when it is anybody's again
  reason text,
  settled_at timestamptz,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX scenario_call_id ON scenario_call (id);
CREATE INDEX scenario_call_run ON scenario_call (run_id);
CREATE INDEX scenario_call_due ON scenario_call (next_at) WHERE state = 'waiting';
CREATE INDEX scenario_call_settled ON scenario_call (settled_at) WHERE settled_at IS NOT NULL;

-- Where notices of scenarios go: named chats with their secrets, sealed.
CREATE TABLE notice_channel (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  way text NOT NULL CHECK (way IN ('slack', 'teams', 'chatwork')),
  sealed text NOT NULL DEFAULT '',  -- empty: notices are kept here instead of being sent
  hint text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  last_at timestamptz,
  last_fault text,
  archived_at timestamptz
);

-- Notices of channels without an address, to try scenarios out.
CREATE TABLE kept_notice (
  id uuid PRIMARY KEY,
  channel_id uuid NOT NULL,
  at timestamptz NOT NULL,
  body text NOT NULL
);
CREATE INDEX kept_notice_at ON kept_notice (channel_id, at DESC, id DESC);
