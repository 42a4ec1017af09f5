-- Lists that stay fast at a million leads: an index for each order and each rare value.

-- Pairs of neighbouring characters whose second one is not ASCII, and the beginnings of words (' 田'). pg_trgm reads Japanese only
-- where the server's LC_CTYPE knows it; in C (our embedded server) it sees no letters at all, and each search read everything.
CREATE OR REPLACE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(array_agg(a || b), '{}') FROM unnest(string_to_array(' ' || words, NULL), string_to_array(words, NULL)) u(a, b) WHERE b COLLATE "C" > '~' $$;

CREATE INDEX IF NOT EXISTS person_lead_grams ON person USING gin (search_grams(search_text)) WHERE identified_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS person_lead_tags ON person USING gin (tags) WHERE identified_at IS NOT NULL AND tags <> '{}';
CREATE INDEX IF NOT EXISTS person_lead_company_name ON person (company_name COLLATE "C", id) WHERE identified_at IS NOT NULL AND company_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS person_lead_owner_order ON person (owner_id, id) WHERE identified_at IS NOT NULL AND owner_id IS NOT NULL;

-- Leads by score, and the few that are not cold.
CREATE INDEX IF NOT EXISTS score_rank ON score (model, version, total, person_id);
CREATE INDEX IF NOT EXISTS score_heat ON score (model, version, heat) WHERE heat <> 'cold';
