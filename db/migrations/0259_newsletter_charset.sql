-- Mail goes out in UTF-8; nothing ever read another choice.
ALTER TABLE newsletter DROP COLUMN charset;
