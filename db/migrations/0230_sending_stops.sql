-- Why the sender held a newsletter by itself; empty when a person paused it.
ALTER TABLE newsletter ADD COLUMN held_reason text CHECK (held_reason IN ('bounces', 'complaints'));
