-- Each saving of a score's rules, and of a proposal of the MQL definition, has a name of its own: whoever began from an older one is told before theirs is overwritten.
ALTER TABLE score_version ADD COLUMN revision uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE mql_version ADD COLUMN revision uuid NOT NULL DEFAULT gen_random_uuid();
