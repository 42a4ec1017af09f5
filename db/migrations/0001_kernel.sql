-- The journal and the reactor's queue, leases, settings, idempotency. A subject is (bucket, person_id); bucket leads every key.

CREATE TABLE journal (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  name text COLLATE "C" NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  via text COLLATE "C",
  historic boolean NOT NULL DEFAULT false,
  origin_person_id uuid,
  cause_id uuid,
  hop smallint NOT NULL DEFAULT 0,
  page_group text COLLATE "C",
  props jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (bucket, person_id, id)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.02);
CREATE INDEX journal_lna ON journal (bucket, person_id, name, occurred_at);

-- Holds all that the reactor reads of an event, so that it never looks a journal row up by id (that walks the person's history).
CREATE TABLE news (
  bucket smallint NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  person_id uuid NOT NULL,
  event_id uuid NOT NULL,
  name text COLLATE "C" NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  historic boolean NOT NULL,
  hop smallint NOT NULL,
  page_group text COLLATE "C",
  props jsonb NOT NULL,
  PRIMARY KEY (bucket, person_id, seq)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX news_seq ON news (seq);

-- One row per person: the reactor's lock, and the next instant anything about them can change by time alone.
CREATE TABLE pulse (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  due_at timestamptz,
  parked_reason text,
  parked_at timestamptz,
  PRIMARY KEY (bucket, person_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX pulse_due ON pulse (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX pulse_parked ON pulse (bucket, person_id) WHERE parked_reason IS NOT NULL;

CREATE TABLE reaction (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  at timestamptz NOT NULL,
  event_ids uuid[] NOT NULL,
  PRIMARY KEY (bucket, person_id, at)
);

CREATE TABLE bucket_lease (
  bucket smallint PRIMARY KEY,
  worker text,
  until timestamptz,
  fence bigint NOT NULL DEFAULT 0
);
INSERT INTO bucket_lease (bucket) SELECT generate_series(0, 255);

CREATE TABLE worker (
  id text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);

CREATE TABLE setting (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  changed_at timestamptz NOT NULL
);

CREATE TABLE idempotency (
  key text NOT NULL,
  actor text NOT NULL,
  endpoint text NOT NULL,
  body_hash text NOT NULL,
  status smallint NOT NULL,
  answer jsonb,
  at timestamptz NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
