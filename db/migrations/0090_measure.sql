-- Daily facts: what a person did on a day of the company's time zone. Every number and the list behind it are two reads of this table.
CREATE TABLE person_day (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,
  day date NOT NULL,
  metric text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL DEFAULT '',
  n bigint NOT NULL,
  PRIMARY KEY (bucket, person_id, day, metric, key)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX person_day_metric ON person_day (metric, day, bucket, person_id);

-- (day, metric, key) whose totals are behind. Rows are only added, so passes never wait for each other; a job settles them.
CREATE TABLE touched_day (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day date NOT NULL,
  metric text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL DEFAULT ''
);

-- Counted from person_day, never added to: doing it twice changes nothing.
CREATE TABLE total_day (
  day date NOT NULL,
  metric text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL DEFAULT '',
  people bigint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (metric, key, day)
);
