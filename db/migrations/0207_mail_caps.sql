-- What the caps count: commercial mails of a person that began to leave, by when; and those that wait, for whose turn it is.
CREATE INDEX delivery_reached ON delivery (bucket, person_id, marked_at)
  WHERE purpose = 'marketing' AND status IN ('transmitting', 'sent', 'unknown');
CREATE INDEX delivery_wishes ON delivery (bucket, person_id)
  WHERE purpose = 'marketing' AND status IN ('queued', 'deferred');
CREATE INDEX delivery_postponed ON delivery (reason, not_before)
  WHERE status IN ('queued', 'deferred') AND reason IN ('capped', 'quiet');

-- Commercial mails to the people of one company on one day of the house; a row's lock keeps two workers from the same last place.
CREATE TABLE mail_company_day (
  company_id uuid NOT NULL,
  day date NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (company_id, day)
);
