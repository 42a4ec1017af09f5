-- Every fetch of a pixel and every click, raw, with what was thought of it and why: later evidence may change it, and the change is told.
CREATE TABLE mail_hit (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('open', 'click')),
  link smallint NOT NULL,
  method text NOT NULL,
  user_agent text NOT NULL,
  purpose text NOT NULL,
  -- gateway, apple, datacentre or nothing: the address itself is not kept
  network text NOT NULL,
  activated boolean NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('human', 'machine', 'unknown')),
  likely real NOT NULL,
  because text[] NOT NULL,
  -- Held back until then, because others may still come that show it for a scanner's.
  due_at timestamptz,
  -- The journal event that told it.
  event_id uuid,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, delivery_id, id)
);
CREATE INDEX mail_hit_due ON mail_hit (due_at) WHERE due_at IS NOT NULL;

ALTER TABLE delivery ADD COLUMN opened_unknown_at timestamptz, ADD COLUMN clicked_unknown_at timestamptz;
