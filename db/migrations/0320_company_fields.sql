-- Companies have custom fields as leads have them: a field belongs to one of the two, and keys count for each apart.
ALTER TABLE field_definition ADD COLUMN IF NOT EXISTS entity text COLLATE "C" NOT NULL DEFAULT 'lead' CHECK (entity IN ('lead', 'company'));
ALTER TABLE field_definition DROP CONSTRAINT IF EXISTS field_definition_pkey;
ALTER TABLE field_definition ADD CONSTRAINT field_definition_pkey PRIMARY KEY (entity, key);
CREATE INDEX IF NOT EXISTS company_attrs ON company USING gin (attrs jsonb_path_ops) WHERE merged_into IS NULL AND attrs <> '{}';
