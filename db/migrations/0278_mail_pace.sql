-- What the servers of one receiving group bear: learnt from their answers, kept over restarts; and what a person has set instead.
CREATE TABLE mail_pace (
  receiver text PRIMARY KEY,
  -- mails per minute; null: nothing learnt
  per_minute double precision CHECK (per_minute > 0),
  -- messages on the wire at a time; null: nothing learnt
  places integer CHECK (places > 0),
  bore double precision NOT NULL DEFAULT 0,
  why text CHECK (why IN ('rate', 'connections')),
  reply text NOT NULL DEFAULT '',
  slowed_at timestamptz,
  raised_at timestamptz,
  fixed_per_minute integer CHECK (fixed_per_minute > 0),
  fixed_places integer CHECK (fixed_places > 0),
  fixed_by text,
  fixed_at timestamptz,
  changed_at timestamptz NOT NULL
);
