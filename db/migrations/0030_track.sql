-- Web sites whose visitors are tracked. The write key is public: it names the site, it proves nothing.
CREATE TABLE site (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  write_key text COLLATE "C" NOT NULL UNIQUE,
  domains text[] NOT NULL DEFAULT '{}',
  consent_mode text NOT NULL DEFAULT 'notice' CHECK (consent_mode IN ('off', 'notice', 'opt-in')),
  count_robots boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  archived_at timestamptz,
  seen_at timestamptz,  -- when the last event came, at most some seconds old
  seen_url text
);

-- Named sets of address patterns. The first group in `position` order that fits an address names the page.
CREATE TABLE page_group (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  patterns text[] NOT NULL,
  position integer NOT NULL,
  created_at timestamptz NOT NULL
);

-- One row per visit: 30 minutes without an event end it. Written so that doing it twice changes nothing; what happened in it stands in the journal.
CREATE TABLE visit (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  id uuid NOT NULL,
  site_id uuid NOT NULL,
  device text COLLATE "C" NOT NULL,
  started_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  slot timestamptz,     -- the minute of last_at while it is live: changes once a minute, so most updates stay HOT
  historic boolean NOT NULL DEFAULT false,
  landing text,
  referrer text,
  channel text NOT NULL,
  keyword text,
  utm jsonb NOT NULL DEFAULT '{}',
  click_id text,
  device_class text NOT NULL,
  url text,
  title text,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX visit_live ON visit (slot) WHERE slot IS NOT NULL;
CREATE INDEX visit_device ON visit (device, last_at);

-- What came in and what became of it. Rows are only added (a batch never waits for another one's row); a job folds them by day.
CREATE TABLE ingest_count (
  id uuid NOT NULL PRIMARY KEY,
  day date NOT NULL,
  site_id uuid,
  reason text NOT NULL,
  detail text NOT NULL DEFAULT '',
  n bigint NOT NULL,
  fixed boolean NOT NULL DEFAULT false -- a replayed log's own total: its id is derived, so replaying again changes nothing
);
CREATE INDEX ingest_count_day ON ingest_count (day, site_id);

-- Ids of identify calls that had their effect, so that repeating one has none. Kept for 30 days.
CREATE TABLE identify_message (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL
);
CREATE INDEX identify_message_at ON identify_message (at);
