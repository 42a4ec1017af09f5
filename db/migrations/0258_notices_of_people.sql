-- A kept notice names whom it is about: it goes with them when they are erased. Those of before name nobody, and were for trying out.
DROP TABLE kept_notice;
CREATE TABLE kept_notice (
  bucket smallint NOT NULL,
  person_id uuid NOT NULL,  -- zeros: a notice that is about nobody
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  at timestamptz NOT NULL,
  body text NOT NULL,
  origin_person_id uuid,
  PRIMARY KEY (bucket, person_id, id)
);
CREATE INDEX kept_notice_at ON kept_notice (channel_id, at DESC, id DESC);

-- Mails that the caps gave up are counted on their page; all mails need not be read for it.
CREATE INDEX delivery_given_up ON delivery (created_at) WHERE status = 'suppressed' AND reason = 'capped';
