-- The same grams in the same order at half the cost: words of ASCII alone have none and are passed over, the others are read letter by letter.
-- Index entries that were made before stay right.
CREATE OR REPLACE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  grams text[] := '{}';
  word text;
  before text;
  letter text;
BEGIN
  FOREACH word IN ARRAY string_to_array(coalesce(words, ''), ' ') LOOP
    CONTINUE WHEN octet_length(word) = length(word);
    before := ' ';
    FOREACH letter IN ARRAY string_to_array(word, NULL) LOOP
      IF ascii(letter) > 126 THEN
        grams := grams || (before || letter);
      END IF;
      before := letter;
    END LOOP;
  END LOOP;
  RETURN grams;
END $$;
