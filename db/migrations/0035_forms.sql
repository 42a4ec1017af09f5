-- Forms: one row per form with its draft; what visitors see is a published version, and every version stays (its consent text is evidence).
CREATE TABLE form (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'closed')),
  draft jsonb NOT NULL,
  version integer NOT NULL DEFAULT 0, -- the published version; 0: never published
  changed_at timestamptz NOT NULL,
  published_at timestamptz,
  created_at timestamptz NOT NULL,
  made_by text NOT NULL
);
CREATE INDEX form_changed ON form (changed_at DESC, id DESC);

CREATE TABLE form_version (
  form_id uuid NOT NULL REFERENCES form (id) ON DELETE CASCADE,
  version integer NOT NULL,
  spec jsonb NOT NULL,
  at timestamptz NOT NULL,
  made_by text NOT NULL,
  PRIMARY KEY (form_id, version)
);

CREATE TABLE submission (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  form_id uuid NOT NULL,
  version integer NOT NULL,
  at timestamptz NOT NULL,
  answers jsonb NOT NULL,
  page text,
  outcome text NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX submission_form ON submission (form_id, at DESC, id DESC);

-- One row per submission id: a repeated post has no second effect.
CREATE TABLE form_receipt (
  id uuid PRIMARY KEY,
  form_id uuid NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX form_receipt_at ON form_receipt (at);

-- Attempts per hashed address, net and mail in a window; and what was turned away, counted by reason.
CREATE TABLE form_limit (
  key text COLLATE "C" NOT NULL,
  window_start timestamptz NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (key, window_start)
);
CREATE INDEX form_limit_window ON form_limit (window_start);
CREATE TABLE form_drop (
  form_id uuid NOT NULL,
  day date NOT NULL,
  reason text NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (form_id, day, reason)
);
