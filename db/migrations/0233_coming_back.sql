-- What came back of a mail: bounces by reason, and when a delivery bounced or was complained about.
CREATE TABLE bounce (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  delivery_id uuid,
  at timestamptz NOT NULL,
  -- smtp: refused at the door · mailbox: a mail that came back · the others: webhooks of the relay
  via text NOT NULL CHECK (via IN ('smtp', 'mailbox', 'ses', 'sendgrid', 'mailgun', 'postmark')),
  address_hash text NOT NULL,
  reason text NOT NULL,
  hard boolean NOT NULL,
  delayed boolean NOT NULL,
  -- Speaks against the address: five of them over fourteen days, and it is given up.
  counts boolean NOT NULL,
  status text,
  reply smallint,
  said text NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX bounce_listed ON bounce (at DESC, id DESC);

ALTER TABLE delivery ADD COLUMN bounced_at timestamptz, ADD COLUMN bounce_reason text, ADD COLUMN bounce_hard boolean, ADD COLUMN complained_at timestamptz;

-- What was taken from outside before: the same notice once more has no effect.
CREATE TABLE incoming_seen (
  source text NOT NULL,
  key text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (source, key)
);
CREATE INDEX incoming_seen_at ON incoming_seen (at);

-- How often what came in was taken, repeated or turned away; a forged notice shows here and nowhere else.
CREATE TABLE incoming_tally (
  source text NOT NULL,
  outcome text NOT NULL,
  n bigint NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (source, outcome)
);
