-- Mails that left and of which the loop has not heard yet: a row for each hand of records, in their transaction. The sender tells of many
-- hands at once a moment later and deletes their rows; what a dead sender left here is told by the next one.
CREATE TABLE mail_departure (
  id uuid PRIMARY KEY,
  people uuid[] NOT NULL,
  deliveries uuid[] NOT NULL
);
