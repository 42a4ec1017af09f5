-- What is left of the consent of somebody who was erased: proof for as long as the law may ask, without a name.
CREATE TABLE consent_proof (
  address_hash text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  purpose text NOT NULL,
  given boolean NOT NULL,
  basis text NOT NULL,
  at timestamptz NOT NULL,
  route text NOT NULL,
  text_version text,
  text text,
  evidence jsonb NOT NULL,
  last_mail_at timestamptz,
  erased_at timestamptz NOT NULL,
  keep_until timestamptz NOT NULL,
  PRIMARY KEY (address_hash, id)
);
CREATE INDEX consent_proof_until ON consent_proof (keep_until);

-- Who looked at or exported whose data: once per day, colleague, person and act.
CREATE TABLE access_log (
  day date NOT NULL,
  user_id text COLLATE "C" NOT NULL,
  user_name text NOT NULL,
  subject_id uuid NOT NULL,
  act text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (day, user_id, subject_id, act)
);
CREATE INDEX access_log_at ON access_log (at DESC, subject_id);
CREATE INDEX access_log_subject ON access_log (subject_id, at DESC);

-- What each retention rule would take away, as last counted.
CREATE TABLE retention_forecast (
  rule text COLLATE "C" PRIMARY KEY,
  value integer NOT NULL,
  n bigint NOT NULL,
  bytes bigint NOT NULL,
  counted_at timestamptz NOT NULL
);
