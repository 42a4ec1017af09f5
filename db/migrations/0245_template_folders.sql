-- Folders of mail templates. `sharing` null: as the folder above it, or everybody at the top.
CREATE TABLE template_folder (
  id uuid PRIMARY KEY,
  parent_id uuid REFERENCES template_folder (id),
  name text NOT NULL,
  sharing jsonb,
  -- a user or an API key
  made_by text,
  created_at timestamptz NOT NULL,
  CHECK (parent_id IS DISTINCT FROM id)
);
CREATE UNIQUE INDEX template_folder_name ON template_folder (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));

ALTER TABLE template ADD COLUMN folder_id uuid REFERENCES template_folder (id);
CREATE INDEX template_of_folder ON template (folder_id) WHERE folder_id IS NOT NULL;

-- The report of a version: newsletters are found by their own index, single mails by this one. It touches no row of a newsletter.
CREATE INDEX delivery_single_of_version ON delivery (version_id) WHERE source = '00000000-0000-0000-0000-000000000000';
