-- By what a row that an import did not take names people: the addresses in its cells, and its external id. Whoever is erased is found by them.
ALTER TABLE import_row ADD COLUMN keys text[];
UPDATE import_row r SET keys = (
    SELECT array_agg(DISTINCT CASE WHEN w LIKE '%@%' THEN lower(w) ELSE w END) FROM jsonb_array_elements_text(r.cells) WITH ORDINALITY c(cell, n)
      CROSS JOIN LATERAL regexp_split_to_table(CASE WHEN u.mapping ->> (n::int - 1) IN ('externalId', 'leadExternalId') THEN btrim(cell)
        ELSE normalize(cell, NFKC) END, CASE WHEN cell ~ '[@＠]' THEN '[\s,;:、<>()「」]+' ELSE '$^' END) w
      WHERE length(w) <= 254 AND (w LIKE '%_@_%' OR w <> '' AND u.mapping ->> (n::int - 1) IN ('externalId', 'leadExternalId')))
  FROM import_run u WHERE u.id = r.import_id AND r.cells IS NOT NULL;
CREATE INDEX IF NOT EXISTS import_row_keys ON import_row USING gin (keys);
ALTER TABLE deleted_person ADD COLUMN keys text[]; -- by what others than their browser knew them: their papers are looked for once more, too
