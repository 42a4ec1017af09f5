-- What a mail says: templates and their frozen versions.
CREATE TABLE template (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  version_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  archived_at timestamptz
);
CREATE INDEX template_listed ON template (updated_at DESC, id DESC) WHERE archived_at IS NULL;

-- Compiled once; links are tracked by their place in `links`. A version that has gone out is never changed.
CREATE TABLE template_version (
  id uuid PRIMARY KEY,
  template_id uuid NOT NULL REFERENCES template (id) DEFERRABLE INITIALLY DEFERRED,
  version integer NOT NULL,
  draft jsonb NOT NULL,
  subject text NOT NULL,
  html text NOT NULL,
  body_text text NOT NULL,
  links text[] NOT NULL,
  segments uuid[] NOT NULL,
  warnings text[] NOT NULL,
  created_at timestamptz NOT NULL,
  used_at timestamptz,
  UNIQUE (template_id, version)
);

CREATE TABLE mail_topic (
  id uuid PRIMARY KEY,
  ja text NOT NULL,
  en text NOT NULL,
  position integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  archived_at timestamptz
);

-- A topic a person does not want. The global stop is person.mail_stop.
CREATE TABLE topic_stop (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  topic_id uuid NOT NULL,
  since timestamptz NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, topic_id)
);

CREATE TABLE newsletter (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  template_id uuid NOT NULL,
  version_id uuid,
  topic_id uuid,
  include uuid[] NOT NULL,
  exclude uuid[] NOT NULL DEFAULT '{}',
  status text NOT NULL CHECK (status IN ('draft', 'scheduled', 'sending', 'paused', 'finished', 'cancelled')),
  send_at timestamptz,
  audience integer,
  expand_bucket smallint,
  expand_person uuid,
  expanded_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX newsletter_listed ON newsletter (created_at DESC, id DESC);
CREATE INDEX newsletter_due ON newsletter (send_at) WHERE status = 'scheduled';
CREATE INDEX newsletter_open ON newsletter (id) WHERE status IN ('sending', 'paused');

-- One row per newsletter and person, or scenario run and step. `source` is the newsletter, or the nil UUID for single mails:
-- each source is claimed by itself, so a paused newsletter costs nothing.
CREATE TABLE delivery (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  what text COLLATE "C" NOT NULL,
  source uuid NOT NULL,
  version_id uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('marketing', 'transactional')),
  topic_id uuid,
  status text NOT NULL CHECK (status IN ('queued', 'claimed', 'transmitting', 'sent', 'deferred', 'refused', 'unknown', 'suppressed', 'cancelled')),
  reason text,
  address text COLLATE "C",
  reply text,
  attempts smallint NOT NULL DEFAULT 0,
  priority smallint NOT NULL DEFAULT 0,
  not_before timestamptz NOT NULL,
  worker uuid,
  fence bigint NOT NULL DEFAULT 0,
  resent boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  marked_at timestamptz,
  sent_at timestamptz,
  opened_at timestamptz,
  opened_machine_at timestamptz,
  clicked_at timestamptz,
  clicked_machine_at timestamptz,
  stopped_at timestamptz,
  trap_at timestamptz,
  last_hit_at timestamptz,
  last_hit_link smallint,
  cause_id uuid,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id),
  UNIQUE (bucket, person_id, what)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX delivery_waiting ON delivery (source, priority DESC, not_before) WHERE status IN ('queued', 'deferred');
CREATE INDEX delivery_held ON delivery (worker) WHERE status IN ('claimed', 'transmitting');
CREATE INDEX delivery_unknown ON delivery (marked_at, id) WHERE status = 'unknown';
CREATE INDEX delivery_of_source ON delivery (source, status, bucket, person_id) WHERE source <> '00000000-0000-0000-0000-000000000000';
CREATE INDEX delivery_sent ON delivery (bucket, person_id, sent_at) WHERE sent_at IS NOT NULL;

-- Who may hold claimed rows: a worker that has not been heard of for 15 s holds nothing any more.
CREATE TABLE mail_worker (
  id uuid PRIMARY KEY,
  until timestamptz NOT NULL
);

-- The built-in mailbox: where mail lands while no SMTP server is set.
CREATE TABLE mailbox_mail (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  envelope_from text NOT NULL,
  envelope_to text NOT NULL,
  subject text NOT NULL,
  sender text NOT NULL,
  message_id text NOT NULL,
  raw bytea NOT NULL,
  read_at timestamptz
);
CREATE INDEX mailbox_mail_at ON mailbox_mail (at DESC, id DESC);
CREATE INDEX mailbox_mail_to ON mailbox_mail (envelope_to, at DESC, id DESC);
