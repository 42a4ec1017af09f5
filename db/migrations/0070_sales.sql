-- Sales: where a lead stands, what is worth a call, who took it over, and what it became worth.

-- The stage of a lead; no row means new. Locked while a hand-off or deal decides, so that two at once see each other.
CREATE TABLE lead_stage (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  stage text NOT NULL CHECK (stage IN ('new', 'nurture', 'mql', 'sql', 'deal', 'customer')),
  since timestamptz NOT NULL,
  first_mql_at timestamptz,
  first_sql_at timestamptz,
  PRIMARY KEY (bucket, person_id)
);
CREATE INDEX lead_stage_stage ON lead_stage (stage, since DESC, person_id DESC);

-- One reaction worth a call.
CREATE TABLE signal (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  channel text NOT NULL,
  at timestamptz NOT NULL,
  owner_id uuid,
  urgent boolean NOT NULL DEFAULT false,
  text text,
  detail jsonb NOT NULL DEFAULT '{}',
  seen_at timestamptz,
  seen_by text,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX signal_at ON signal (at DESC, id DESC);
CREATE INDEX signal_owner ON signal (owner_id, at DESC, id DESC);
CREATE INDEX signal_kind ON signal (bucket, person_id, kind, at DESC);
CREATE INDEX signal_open ON signal (at DESC, id DESC) WHERE seen_at IS NULL;

-- A colleague who does not want to hear of a person.
CREATE TABLE signal_mute (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  user_id uuid NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (bucket, person_id, user_id)
);
CREATE INDEX signal_mute_user ON signal_mute (user_id, bucket, person_id);

-- A lead handed to sales: the task, and how it was answered.
CREATE TABLE handoff (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'returned')),
  reason text NOT NULL,
  note text,
  detail jsonb NOT NULL DEFAULT '{}',
  owner_id uuid,
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  due_at timestamptz NOT NULL,
  answered_at timestamptz,
  answered_by text,
  return_reason text,
  return_note text,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id),
  CHECK (state <> 'returned' OR return_reason IS NOT NULL)
);
CREATE INDEX handoff_open ON handoff (due_at, id) WHERE state = 'open';
CREATE INDEX handoff_made ON handoff (made_at DESC, id DESC);

CREATE TABLE deal (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  company_name text,
  amount bigint CHECK (amount >= 0),
  stage text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'won', 'lost')),
  expected_close date,
  owner_id uuid,
  note text,
  lost_reason text,
  lost_note text,
  opened_at timestamptz NOT NULL,
  stage_since timestamptz NOT NULL,
  closed_at timestamptz,
  made_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  removed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  CHECK (state <> 'lost' OR lost_reason IS NOT NULL),
  CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX deal_state ON deal (state, stage, changed_at DESC, id DESC) WHERE removed_at IS NULL;
CREATE INDEX deal_changed ON deal (changed_at DESC, id DESC) WHERE removed_at IS NULL;
CREATE INDEX deal_owner ON deal (owner_id, changed_at DESC, id DESC) WHERE removed_at IS NULL;

CREATE TABLE deal_stage_history (
  id uuid PRIMARY KEY,
  deal_id uuid NOT NULL REFERENCES deal (id) ON DELETE CASCADE,
  from_stage text,
  to_stage text NOT NULL,
  at timestamptz NOT NULL,
  by_name text NOT NULL
);
CREATE INDEX deal_stage_history_deal ON deal_stage_history (deal_id, at);

CREATE TABLE deal_person (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  deal_id uuid NOT NULL REFERENCES deal (id) ON DELETE CASCADE,
  main boolean NOT NULL DEFAULT false,
  added_at timestamptz NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, deal_id)
);
CREATE INDEX deal_person_deal ON deal_person (deal_id);
