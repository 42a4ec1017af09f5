-- People. A visitor is a person not yet identified; a lead is one who is. Every lead index is partial, so visitors cost nothing in them.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm is not available: text search reads more';
END $$;

CREATE TABLE person (
  bucket smallint NOT NULL,
  id uuid NOT NULL,
  identified_at timestamptz,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'on_hold', 'invalid')),
  keep boolean NOT NULL DEFAULT false, -- made by replay or import: visitors' expiry is off
  company_name text,
  company_id uuid,
  owner_id uuid,
  family_name text,
  given_name text,
  family_kana text,
  given_kana text,
  department text,
  title text,
  role_level text,
  mail text COLLATE "C",
  mail_typed text,
  mail_risk text,
  contact_mail text,
  phone text COLLATE "C",
  phone_typed text,
  prefecture text,
  industry text,
  employee_band text,
  website text,
  source_first text,
  source_first_at timestamptz,
  source_latest text,
  source_latest_at timestamptz,
  priority text,
  interest text[] NOT NULL DEFAULT '{}',
  tags text[] NOT NULL DEFAULT '{}',
  attrs jsonb NOT NULL DEFAULT '{}',
  mail_stop smallint NOT NULL DEFAULT 0,
  mail_basis smallint NOT NULL DEFAULT 0,
  sort_name text COLLATE "C" NOT NULL DEFAULT '', -- kana, else the name, else the address: the order of lists
  search_text text NOT NULL DEFAULT '', -- names, kana, company, address, phone; NFKC and lower case
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (bucket, id)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX person_lead_seen ON person (coalesce(last_seen_at, created_at) DESC, id DESC) WHERE identified_at IS NOT NULL;
CREATE INDEX person_lead_created ON person (identified_at DESC, id DESC) WHERE identified_at IS NOT NULL;
CREATE INDEX person_lead_name ON person (sort_name, id) WHERE identified_at IS NOT NULL;
CREATE INDEX person_lead_owner ON person (owner_id, identified_at DESC) WHERE identified_at IS NOT NULL;
CREATE INDEX person_lead_source ON person (source_first COLLATE "C") WHERE identified_at IS NOT NULL;
CREATE INDEX person_lead_prefecture ON person (prefecture COLLATE "C") WHERE identified_at IS NOT NULL;
CREATE INDEX person_lead_industry ON person (industry COLLATE "C") WHERE identified_at IS NOT NULL;
CREATE INDEX person_lead_attrs ON person USING gin (attrs jsonb_path_ops) WHERE identified_at IS NOT NULL;
CREATE INDEX person_visitor_seen ON person (last_seen_at) WHERE identified_at IS NULL AND NOT keep;
DO $$ BEGIN
  CREATE INDEX person_lead_search ON person USING gin (search_text gin_trgm_ops) WHERE identified_at IS NOT NULL;
EXCEPTION WHEN undefined_object THEN
  RAISE NOTICE 'no trigram index: text search reads more';
END $$;

-- Who holds an address, an external id or a device now. One holder per value.
CREATE TABLE identity (
  kind text NOT NULL CHECK (kind IN ('mail', 'external', 'device')),
  value text COLLATE "C" NOT NULL,
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (kind, value)
);
CREATE INDEX identity_person ON identity (bucket, person_id);

-- Who held it when.
CREATE TABLE identity_history (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  value text COLLATE "C" NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz,
  cause text NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);

-- Old ids resolve for ever. Flat: a merge rewrites the aliases that pointed at the loser.
CREATE TABLE person_alias (
  old_id uuid PRIMARY KEY,
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  at timestamptz NOT NULL,
  undone_at timestamptz
);
CREATE INDEX person_alias_person ON person_alias (bucket, person_id);

-- One row per adoption: all that undoing it needs.
CREATE TABLE adoption (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  old_bucket smallint NOT NULL,
  old_id uuid NOT NULL,
  at timestamptz NOT NULL,
  by_hand boolean NOT NULL DEFAULT false,
  cause_id uuid,
  actor text NOT NULL,
  person jsonb NOT NULL,      -- the row of the one adopted, as it was
  taken jsonb NOT NULL,       -- identities and rows that could not simply move
  changes jsonb NOT NULL,     -- fields of the adopter that the act changed: [{field, from, to}]
  moved integer NOT NULL DEFAULT 0,
  undone_at timestamptz,
  undone_by text,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX adoption_old ON adoption (old_id, at);

-- Two identified people who may be one: for a human to decide, never merged by a machine.
CREATE TABLE merge_candidate (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  other_bucket smallint NOT NULL,
  other_id uuid NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL,
  settled_at timestamptz,
  settled_by text,
  verdict text CHECK (verdict IN ('merged', 'different')),
  PRIMARY KEY (bucket, person_id, other_id)
);
CREATE INDEX merge_candidate_open ON merge_candidate (at DESC) WHERE settled_at IS NULL;
CREATE INDEX merge_candidate_other ON merge_candidate (other_bucket, other_id);

-- The consent ledger: never updated. What may be sent now is mirrored in person.mail_basis.
CREATE TABLE consent_entry (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  purpose text NOT NULL,
  given boolean NOT NULL,
  basis text NOT NULL,
  at timestamptz NOT NULL,
  route text NOT NULL,
  text_version text,
  text text,
  evidence jsonb NOT NULL DEFAULT '{}',
  actor text NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);

-- Stops by address, as a keyed hash: it survives the person and says nothing about them.
CREATE TABLE suppression (
  address_hash text COLLATE "C" PRIMARY KEY,
  reason text NOT NULL,
  level smallint NOT NULL,
  since timestamptz NOT NULL,
  source text NOT NULL DEFAULT ''
);

CREATE TABLE field_definition (
  key text COLLATE "C" PRIMARY KEY,
  type text NOT NULL,
  ja text NOT NULL,
  en text NOT NULL,
  class text NOT NULL CHECK (class IN ('basic', 'secondary', 'behaviour')),
  options jsonb NOT NULL DEFAULT '[]',
  position integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  archived_at timestamptz
);

-- Erased people: their ids answer "gone" and are never made anew.
CREATE TABLE erasure (
  person_id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL
);
