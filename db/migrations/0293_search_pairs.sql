-- Pairs of neighbouring characters of which at least one is not ASCII, word by word: what `search_grams` gave, and the pairs that go over from
-- Japanese to figures and Latin letters ("第2", "ル8"). A phrase of common words is often told apart by such a pair alone.
CREATE OR REPLACE FUNCTION search_pairs(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  pairs text[] := '{}';
  word text;
  before text;
  letter text;
BEGIN
  FOREACH word IN ARRAY string_to_array(coalesce(words, ''), ' ') LOOP
    CONTINUE WHEN octet_length(word) = length(word);
    before := ' ';
    FOREACH letter IN ARRAY string_to_array(word, NULL) LOOP
      IF ascii(letter) > 126 OR ascii(before) > 126 THEN
        pairs := pairs || (before || letter);
      END IF;
      before := letter;
    END LOOP;
  END LOOP;
  RETURN pairs;
END $$;

CREATE INDEX IF NOT EXISTS person_lead_pairs ON person USING gin (search_pairs(search_text)) WHERE identified_at IS NOT NULL;
DROP INDEX IF EXISTS person_lead_grams;
DROP FUNCTION IF EXISTS search_grams(text);
ANALYZE person;
