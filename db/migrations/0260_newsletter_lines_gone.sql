-- Lines of newsletters and their planned issues were never filled or read: newsletters stand by themselves.
DROP TABLE newsletter_issue;
DROP TABLE newsletter_line;
ALTER TABLE newsletter DROP COLUMN line_id;
