-- Pictures of mails, written anew by us and never changed: whoever has the name may see it, as every receiver of the mail must.
CREATE TABLE mail_image (
  id uuid PRIMARY KEY,
  token text NOT NULL UNIQUE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('jpeg', 'png', 'gif')),
  width integer NOT NULL,
  height integer NOT NULL,
  bytes bytea NOT NULL,
  -- for choosing
  small bytea NOT NULL,
  made_by text,
  created_at timestamptz NOT NULL,
  archived_at timestamptz
);
ALTER TABLE mail_image ALTER COLUMN bytes SET STORAGE EXTERNAL, ALTER COLUMN small SET STORAGE EXTERNAL;
CREATE INDEX mail_image_listed ON mail_image (created_at DESC, id DESC) WHERE archived_at IS NULL;

-- Blocks that are used again, and the company's colours stand in the settings.
CREATE TABLE template_block (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  block jsonb NOT NULL,
  made_by text,
  created_at timestamptz NOT NULL
);
