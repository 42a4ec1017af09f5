-- The ledger says for which topic, until when (a pause) and for which address (as a keyed hash).
ALTER TABLE consent_entry ADD COLUMN topic_id uuid;
ALTER TABLE consent_entry ADD COLUMN until timestamptz;
ALTER TABLE consent_entry ADD COLUMN address_hash text COLLATE "C";

-- What the ledger says now, per person and purpose; topic_id is the nil UUID where a purpose has no topics.
CREATE TABLE consent_state (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  purpose text COLLATE "C" NOT NULL,
  topic_id uuid NOT NULL,
  given boolean NOT NULL,
  basis text NOT NULL,
  entry_id uuid NOT NULL,
  at timestamptz NOT NULL,
  until timestamptz,
  address_hash text COLLATE "C",
  PRIMARY KEY (bucket, person_id, purpose, topic_id)
);
CREATE INDEX consent_state_counts ON consent_state (purpose, topic_id, given, basis, bucket, person_id);

INSERT INTO consent_state (bucket, person_id, purpose, topic_id, given, basis, entry_id, at)
SELECT DISTINCT ON (bucket, person_id, purpose) bucket, person_id, purpose, '00000000-0000-0000-0000-000000000000', given, basis, id, at
FROM consent_entry ORDER BY bucket, person_id, purpose, at DESC, id DESC;

-- The proof of a mail: on which entry it went out, and what it showed of its sender.
CREATE TABLE mail_display (
  id uuid PRIMARY KEY,
  shown jsonb NOT NULL,
  first_at timestamptz NOT NULL
);
ALTER TABLE delivery ADD COLUMN consent_entry_id uuid;
ALTER TABLE delivery ADD COLUMN display_id uuid;

-- Asked, not yet confirmed: a tick in a form with double opt-in.
CREATE TABLE optin (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  address text NOT NULL,
  address_hash text COLLATE "C" NOT NULL,
  domain text COLLATE "C" NOT NULL,
  asked_at timestamptz NOT NULL,
  text_version text NOT NULL,
  text text NOT NULL,
  evidence jsonb NOT NULL,
  sent_at timestamptz,
  held text,
  confirmed_at timestamptz,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX optin_address ON optin (address_hash, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX optin_domain ON optin (domain, sent_at) WHERE sent_at IS NOT NULL;
