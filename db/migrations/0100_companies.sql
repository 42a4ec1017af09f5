-- Companies: a subject of their own. People belong to one at a time; past links stay, dated.
CREATE TABLE company (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  kana text,
  english_name text,
  aliases text[] NOT NULL DEFAULT '{}',
  corporate_number text COLLATE "C" CHECK (corporate_number ~ '^[1-9][0-9]{12}$'),
  website text,
  phone text COLLATE "C",
  phone_typed text,
  postal_code text COLLATE "C",
  prefecture text,
  city text,
  address text,
  industry text,
  employee_band text,
  fiscal_month smallint CHECK (fiscal_month BETWEEN 1 AND 12),
  owner_id uuid,
  tags text[] NOT NULL DEFAULT '{}',
  attrs jsonb NOT NULL DEFAULT '{}',
  note text,
  made_by text NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  merged_into uuid REFERENCES company (id),
  -- Sums over the people who are with it now, kept by the claimer of changed companies.
  people integer NOT NULL DEFAULT 0,
  engagement double precision NOT NULL DEFAULT 0,
  score double precision NOT NULL DEFAULT 0,
  last_seen_at timestamptz,
  summed_at timestamptz,
  sort_name text COLLATE "C" NOT NULL DEFAULT '',
  search_text text NOT NULL DEFAULT ''
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX company_number ON company (corporate_number) WHERE corporate_number IS NOT NULL AND merged_into IS NULL;
CREATE INDEX company_by_name ON company (sort_name, id) WHERE merged_into IS NULL;
CREATE INDEX company_by_score ON company (score DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX company_by_engagement ON company (engagement DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX company_by_people ON company (people DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX company_by_created ON company (created_at DESC, id DESC) WHERE merged_into IS NULL;
CREATE INDEX company_merged ON company (merged_into) WHERE merged_into IS NOT NULL;
DO $$ BEGIN
  CREATE INDEX company_search ON company USING gin (search_text gin_trgm_ops) WHERE merged_into IS NULL;
EXCEPTION WHEN undefined_object THEN
  RAISE NOTICE 'no trigram index: text search reads more';
END $$;

-- A mail or web domain belongs to one company.
CREATE TABLE company_domain (
  domain text COLLATE "C" PRIMARY KEY,
  company_id uuid NOT NULL REFERENCES company (id) ON DELETE CASCADE,
  since timestamptz NOT NULL
);
CREATE INDEX company_domain_company ON company_domain (company_id);

-- Normalised names and aliases; several companies may share one.
CREATE TABLE company_name_key (
  key text COLLATE "C" NOT NULL,
  company_id uuid NOT NULL REFERENCES company (id) ON DELETE CASCADE,
  PRIMARY KEY (key, company_id)
);
CREATE INDEX company_name_key_company ON company_name_key (company_id);

-- Who is with which company, and what they say in its decisions. `until` null: now.
CREATE TABLE company_person (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  company_id uuid NOT NULL,
  role text NOT NULL DEFAULT 'unknown' CHECK (role IN ('decider', 'influencer', 'user', 'champion', 'gatekeeper', 'unknown')),
  linked_by text NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz,
  engagement double precision NOT NULL DEFAULT 0,
  score double precision NOT NULL DEFAULT 0,
  last_seen timestamptz,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, company_id)
) WITH (fillfactor = 85);
CREATE INDEX company_person_company ON company_person (company_id, score DESC, person_id) WHERE until IS NULL;
CREATE INDEX company_person_ever ON company_person (company_id);

-- Leads whose company is known by name alone: for a human to decide.
CREATE TABLE company_proposal (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (bucket, person_id)
);
CREATE INDEX company_proposal_key ON company_proposal (name_key);

-- link: the leads of this name belong to this company · new: make a company of this name · merge: two companies are one
CREATE TABLE company_candidate (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('link', 'new', 'merge')),
  name_key text COLLATE "C" NOT NULL,
  name text NOT NULL,
  company_id uuid REFERENCES company (id) ON DELETE CASCADE,
  other_id uuid REFERENCES company (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  settled_at timestamptz,
  settled_by text,
  verdict text CHECK (verdict IN ('yes', 'no', 'moot')),
  CHECK ((kind = 'new') = (company_id IS NULL)),
  CHECK ((kind = 'merge') = (other_id IS NOT NULL))
);
CREATE UNIQUE INDEX company_candidate_once ON company_candidate (kind, name_key, company_id, other_id) NULLS NOT DISTINCT;
CREATE INDEX company_candidate_open ON company_candidate (at DESC, id DESC) WHERE settled_at IS NULL;

-- One row per merge: all that undoing it needs.
CREATE TABLE company_merge (
  id uuid PRIMARY KEY,
  keep_id uuid NOT NULL REFERENCES company (id),
  lose_id uuid NOT NULL REFERENCES company (id),
  at timestamptz NOT NULL,
  actor text NOT NULL,
  taken jsonb NOT NULL, -- people, domains and name keys that moved, fields of the keeper that were filled
  undone_at timestamptz,
  undone_by text
);
CREATE INDEX company_merge_keep ON company_merge (keep_id, at DESC);
CREATE INDEX company_merge_lose ON company_merge (lose_id, at DESC);

-- Companies that changed, appended and never updated: whoever claims one deletes all that it sees.
CREATE TABLE company_news (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company_id uuid NOT NULL,
  fields text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX company_news_company ON company_news (company_id);

-- A segment of companies: a rule over company facts, evaluated when a company changes.
CREATE TABLE company_segment (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  rule jsonb NOT NULL,
  members integer NOT NULL DEFAULT 0,
  made_by text NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE UNIQUE INDEX company_segment_name ON company_segment (name) WHERE removed_at IS NULL;

-- Who was in from when until when; the open stays are the members.
CREATE TABLE company_segment_stay (
  segment_id uuid NOT NULL REFERENCES company_segment (id) ON DELETE CASCADE,
  company_id uuid NOT NULL REFERENCES company (id) ON DELETE CASCADE,
  entered_at timestamptz NOT NULL,
  left_at timestamptz,
  PRIMARY KEY (segment_id, company_id, entered_at)
);
CREATE UNIQUE INDEX company_segment_in ON company_segment_stay (segment_id, company_id) WHERE left_at IS NULL;
CREATE INDEX company_segment_stay_company ON company_segment_stay (company_id, entered_at DESC);

-- Which company a deal is with; kept when its people move on.
CREATE TABLE deal_company (
  deal_id uuid PRIMARY KEY REFERENCES deal (id) ON DELETE CASCADE,
  company_id uuid NOT NULL
);
CREATE INDEX deal_company_company ON deal_company (company_id);

CREATE INDEX person_lead_company ON person (company_id) WHERE company_id IS NOT NULL;
