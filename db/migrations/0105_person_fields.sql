-- Address, budget, interested products, salutation; and what a custom field says of itself.
ALTER TABLE person
  ADD COLUMN IF NOT EXISTS postal_code text,
  ADD COLUMN IF NOT EXISTS city text,
  ADD COLUMN IF NOT EXISTS address text,
  ADD COLUMN IF NOT EXISTS building text,
  ADD COLUMN IF NOT EXISTS industry_group text,
  ADD COLUMN IF NOT EXISTS salutation text,
  ADD COLUMN IF NOT EXISTS budget bigint,
  ADD COLUMN IF NOT EXISTS products text[] NOT NULL DEFAULT '{}';
CREATE INDEX IF NOT EXISTS person_lead_products ON person USING gin (products) WHERE identified_at IS NOT NULL AND products <> '{}';
CREATE INDEX IF NOT EXISTS person_lead_budget ON person (budget, id) WHERE identified_at IS NOT NULL AND budget IS NOT NULL;
CREATE INDEX IF NOT EXISTS person_lead_priority ON person ((CASE priority WHEN 'high' THEN 3 WHEN 'middle' THEN 2 WHEN 'low' THEN 1 ELSE 0 END) DESC, id DESC)
  WHERE identified_at IS NOT NULL;

ALTER TABLE field_definition
  ADD COLUMN IF NOT EXISTS required boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS unique_value boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS help_ja text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS help_en text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS unit integer NOT NULL DEFAULT 1 CHECK (unit IN (1, 1000, 1000000)),
  ADD COLUMN IF NOT EXISTS by_hand boolean NOT NULL DEFAULT false;

-- What the company sells, as far as people are interested in it. The key is stored with people and never changes.
CREATE TABLE IF NOT EXISTS product (
  key text COLLATE "C" PRIMARY KEY,
  ja text NOT NULL,
  en text NOT NULL,
  page_groups text[] NOT NULL DEFAULT '{}',
  position integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  archived_at timestamptz
);

-- People who went into another one before now come back, on undo, with the columns of today.
UPDATE adoption SET person = person || '{"products": []}'::jsonb WHERE jsonb_typeof(person) = 'object' AND NOT person ? 'products';
