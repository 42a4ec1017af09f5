-- Single hits and what is thought of them lie in mail_hit; nothing reads these any more.
ALTER TABLE delivery DROP COLUMN trap_at, DROP COLUMN last_hit_at, DROP COLUMN last_hit_link;
