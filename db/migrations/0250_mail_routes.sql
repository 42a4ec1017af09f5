-- Mail routes that could not be reached, until they work again: what the operator is told.
CREATE TABLE mail_rest (
  name text PRIMARY KEY,
  reason text NOT NULL,
  since timestamptz NOT NULL,
  last_at timestamptz NOT NULL
);
-- Whose name a mail carries: the company's or that of the lead's owner; empty means as the mail settings say.
ALTER TABLE newsletter ADD COLUMN sender text CHECK (sender IN ('company', 'owner'));
ALTER TABLE newsletter ADD COLUMN charset text NOT NULL DEFAULT 'utf-8' CHECK (charset IN ('utf-8', 'iso-2022-jp'));
ALTER TABLE delivery ADD COLUMN sender text CHECK (sender IN ('company', 'owner'));
