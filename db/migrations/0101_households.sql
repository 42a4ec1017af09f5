-- People who decide together at home: for houses, cars and money there is no company.
CREATE TABLE household (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE household_member (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  household_id uuid NOT NULL REFERENCES household (id) ON DELETE CASCADE,
  relation text NOT NULL DEFAULT 'other' CHECK (relation IN ('head', 'partner', 'child', 'parent', 'other')),
  since timestamptz NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, household_id)
);
CREATE INDEX household_member_household ON household_member (household_id);
