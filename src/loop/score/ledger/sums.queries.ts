// Writing the sums of the ledger. Of a crowd most columns are the same in every row: they are sent once.
import { sql } from 'kysely'
import { column, instantColumn, textArray } from '#kernel/db/arrays.ts'
import { bySubject, keyBytes } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { ScoreRow } from './queries.ts'

/** Writes sums; the total is summed up here, and checked by the table. */
export async function upsertScores(db: Db, rows: readonly Omit<ScoreRow, 'total'>[]): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort((a, b) => bySubject(a.subject, b.subject) || a.model.localeCompare(b.model) || a.version - b.version)
  const { buckets, ids } = keyBytes(sorted, ({ subject }) => subject)
  const model = column(sorted, (r) => r.model, textArray)
  const version = column(sorted, (r) => r.version)
  const attributePlus = column(sorted, (r) => r.attributePlus)
  const attributeMinus = column(sorted, (r) => r.attributeMinus)
  const behaviourPlus = column(sorted, (r) => r.behaviourPlus)
  const behaviourMinus = column(sorted, (r) => r.behaviourMinus)
  const recent = column(sorted, (r) => r.recent)
  const heat = column(sorted, (r) => r.heat, textArray)
  const heatSince = instantColumn(sorted, (r) => r.heatSince)
  const rank = column(sorted, (r) => r.rank, textArray)
  const rankSince = instantColumn(sorted, (r) => r.rankSince)
  const decayed = column(sorted, (r) => r.decayed)
  const decayedAt = instantColumn(sorted, (r) => r.decayedAt)
  const attributesDueAt = instantColumn(sorted, (r) => r.attributesDueAt)
  const nextChangeAt = instantColumn(sorted, (r) => r.nextChangeAt)
  const changedAt = instantColumn(sorted, (r) => r.changedAt)
  await sql`/* upsert_scores */ INSERT INTO score (bucket, person_id, model, version, attribute_plus, attribute_minus, behaviour_plus, behaviour_minus, total, recent, heat, heat_since,
      rank, rank_since, decayed, decayed_at, attributes_due_at, next_change_at, changed_at)
    SELECT b, i, m, v, ap, am, bp, bm, ap + am + bp + bm, r, h, hs, rk, rs, d, da, ad, nc, c
    FROM (SELECT b, i, coalesce(m, ${model.one}::text) AS m, coalesce(v, ${version.one}::integer) AS v, coalesce(ap, ${attributePlus.one}::integer) AS ap, coalesce(am, ${attributeMinus.one}::integer) AS am,
        coalesce(bp, ${behaviourPlus.one}::integer) AS bp, coalesce(bm, ${behaviourMinus.one}::integer) AS bm, coalesce(r, ${recent.one}::integer) AS r, coalesce(h, ${heat.one}::text) AS h,
        coalesce(hs, ${heatSince.one}::timestamptz) AS hs, coalesce(rk, ${rank.one}::text) AS rk, coalesce(rs, ${rankSince.one}::timestamptz) AS rs, coalesce(d, ${decayed.one}::float8) AS d,
        coalesce(da, ${decayedAt.one}::timestamptz) AS da, coalesce(ad, ${attributesDueAt.one}::timestamptz) AS ad, coalesce(nc, ${nextChangeAt.one}::timestamptz) AS nc, coalesce(c, ${changedAt.one}::timestamptz) AS c
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${model.list}::text[], ${version.list}::integer[], ${attributePlus.list}::integer[], ${attributeMinus.list}::integer[], ${behaviourPlus.list}::integer[],
        ${behaviourMinus.list}::integer[], ${recent.list}::integer[], ${heat.list}::text[], ${heatSince.list}::timestamptz[], ${rank.list}::text[],
        ${rankSince.list}::timestamptz[], ${decayed.list}::float8[], ${decayedAt.list}::timestamptz[], ${attributesDueAt.list}::timestamptz[], ${nextChangeAt.list}::timestamptz[],
        ${changedAt.list}::timestamptz[])
        x(b, i, m, v, ap, am, bp, bm, r, h, hs, rk, rs, d, da, ad, nc, c)) x
    ON CONFLICT (bucket, person_id, model, version) DO UPDATE SET attribute_plus = excluded.attribute_plus, attribute_minus = excluded.attribute_minus,
      behaviour_plus = excluded.behaviour_plus, behaviour_minus = excluded.behaviour_minus, total = excluded.total, recent = excluded.recent, heat = excluded.heat, heat_since = excluded.heat_since,
      rank = excluded.rank, rank_since = excluded.rank_since, decayed = excluded.decayed, decayed_at = excluded.decayed_at,
      attributes_due_at = excluded.attributes_due_at, next_change_at = excluded.next_change_at, changed_at = excluded.changed_at`.execute(
    db,
  )
}
