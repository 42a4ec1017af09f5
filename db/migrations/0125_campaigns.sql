-- Campaigns (施策): what the company does to win people, and who took part in it with which status.
CREATE TABLE campaign (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('exhibition', 'seminar', 'ad', 'mail', 'web', 'other')),
  starts_on date,
  ends_on date,
  source text,
  note text,
  statuses jsonb NOT NULL, -- the words of its members' statuses, in order
  created_at timestamptz NOT NULL,
  made_by text NOT NULL,
  removed_at timestamptz,
  CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on)
);
CREATE INDEX campaign_newest ON campaign (coalesce(starts_on, 'infinity'::date) DESC, id DESC) WHERE removed_at IS NULL;

CREATE TABLE campaign_member (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  campaign_id uuid NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
  status text NOT NULL,
  joined_at timestamptz NOT NULL,
  status_at timestamptz NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, campaign_id)
);
CREATE INDEX campaign_member_campaign ON campaign_member (campaign_id, status_at DESC, person_id DESC);
