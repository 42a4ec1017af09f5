-- Complaints of a newsletter are counted every few seconds while it is sent.
CREATE INDEX delivery_complained ON delivery (source) WHERE complained_at IS NOT NULL;
