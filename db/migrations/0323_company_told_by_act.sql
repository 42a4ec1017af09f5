-- What each act said of somebody's company stands by itself: taking one back leaves what the others said.
ALTER TABLE company_told DROP CONSTRAINT company_told_pkey, ADD CONSTRAINT company_told_pkey PRIMARY KEY (bucket, person_id, cause);
