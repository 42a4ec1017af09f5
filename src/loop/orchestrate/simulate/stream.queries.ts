// Reads the journal in the order of time, page by page by a cursor of the database. Reads only.
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { EventMatch } from '#loop/score/condition/contract.ts'
import { filtersSql } from '#loop/score/condition/queries.ts'
import type { Told } from './play/stage.ts'

/** Which events a play hears. */
export interface Hearing {
  /** Events that start runs: only those that match. */
  readonly matches: readonly EventMatch[]
  /** Events that move runs, whatever they say. */
  readonly names: readonly string[]
  /** Scenarios whose entries by hand, or by other scenarios, are taken over. */
  readonly byHand: readonly string[]
}

interface StreamRow {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly cause_id: string | null
  readonly name: string
  readonly received: number
  readonly occurred: number
  readonly historic: boolean
  readonly hop: number
  readonly page_group: string | null
  readonly props: JsonObject
}

/** What an event is selected by. */
function meant({ matches, names, byHand }: Hearing) {
  const plain = new Set(names)
  const each = matches.filter((one) => !plain.has(one.event)).map((one) => sql`(j.name = ${one.event} AND ${filtersSql(one)})`)
  const hand = byHand.map(
    (id) => sql`(j.name = 'scenario.entered' AND j.props->>'scenario' = ${id}::text AND j.props->>'trigger' NOT IN (SELECT t->>'id'
      FROM scenario_version v, jsonb_array_elements(v.graph->'triggers') t WHERE v.scenario_id = ${id}::uuid AND t->>'kind' <> 'manual'))`,
  )
  const all = [...(plain.size ? [sql`j.name = ANY(${[...plain]}::text[])`] : []), ...each, ...hand]
  const wanted = [...new Set([...names, ...matches.map((one) => one.event), ...(byHand.length ? ['scenario.entered'] : [])])]
  return sql`j.name = ANY(${wanted}::text[]) AND (${all.length ? sql.join(all, sql` OR `) : sql`false`})`
}

/**
 * Events of the window in the order in which they came in. What time did not tell apart goes by what led to what.
 * The caller's transaction reads one snapshot; a page at a time is in memory.
 */
export async function* readEvents(ctx: Ctx, hearing: Hearing, from: Date, until: Date): AsyncGenerator<Told[]> {
  if (!hearing.matches.length && !hearing.names.length && !hearing.byHand.length) return
  // All rows are wanted, not the first ones soon; sorting them stays in memory as far as it fits.
  await sql`SET LOCAL cursor_tuple_fraction = 1`.execute(ctx.db)
  await sql`SET LOCAL work_mem = '96MB'`.execute(ctx.db)
  await sql`SET LOCAL statement_timeout = '10min'`.execute(ctx.db)
  await sql`DECLARE told NO SCROLL CURSOR FOR
    SELECT j.bucket, j.person_id, j.id, j.cause_id, j.name, floor(extract(epoch FROM j.received_at) * 1000)::float8 AS received, floor(extract(epoch FROM j.occurred_at) * 1000)::float8 AS occurred, j.historic, j.hop, j.page_group,
      j.props - 'because' AS props
    FROM journal j WHERE j.received_at > ${from}::timestamptz AND j.received_at <= ${until}::timestamptz AND ${meant(hearing)}
    ORDER BY j.received_at, j.hop, j.occurred_at, j.id`.execute(ctx.db)
  const nextPage = () => sql<StreamRow>`FETCH 4000 FROM told`.execute(ctx.db)
  // The next page is asked for while this one is played.
  for (let next = nextPage(); ; ) {
    const { rows } = await next
    if (!rows.length) break
    next = nextPage()
    next.catch(() => undefined)
    yield rows.map(toldOf)
  }
  await sql`CLOSE told`.execute(ctx.db)
}

function toldOf(row: StreamRow): Told {
  const { id, name, props, historic, page_group } = row
  return {
    personId: row.person_id,
    bucket: row.bucket,
    hop: row.hop,
    occurred: row.occurred,
    causeId: name === 'scenario.entered' ? (row.cause_id ?? id) : id,
    event: {
      eventId: id,
      name,
      props,
      pageGroup: page_group,
      receivedAt: new Date(row.received),
      historic: historic || props['byEdit'] === true,
    },
  }
}
