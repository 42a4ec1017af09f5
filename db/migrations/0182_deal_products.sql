-- What a deal is about: keys of the list of products.
ALTER TABLE deal ADD COLUMN products text[] NOT NULL DEFAULT '{}';
