-- What files say of the companies of leads: kept beside a lead until it is with a company, and what it changed there, for whoever takes the file back.
CREATE TABLE company_told (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  attrs jsonb NOT NULL,
  at timestamptz NOT NULL,
  cause uuid NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id)
);
CREATE INDEX company_told_cause ON company_told (cause);

CREATE TABLE company_told_change (
  id uuid PRIMARY KEY,
  cause uuid NOT NULL,
  company_id uuid NOT NULL,
  at timestamptz NOT NULL,
  changes jsonb NOT NULL
);
CREATE INDEX company_told_change_cause ON company_told_change (cause, id DESC);
CREATE INDEX company_told_change_at ON company_told_change (at);
