import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type RawBuilder,
} from 'kysely'
import type pg from 'pg'
import type { Db, Tables } from './tables.ts'

const NAMED = /^\s*\/\* (\w+)( ~)? \*\//

/** Users think of many forms of one statement: the first so many are named. */
const MOST_FORMS = 200
const forms = new Map<string, string>()

/** The name of a text; `~` says that its statement comes in several forms, each of which has a name of its own. */
function nameOf(text: string): string | undefined {
  const [, name, several] = NAMED.exec(text) ?? []
  if (!name || !several) return name
  const known = forms.get(text) ?? (forms.size < MOST_FORMS ? `${name}_${forms.size}` : undefined)
  if (known) forms.set(text, known)
  return known
}

/**
 * Sends one statement. A text that begins with a comment such as `/* claim_people *\/` goes out as a named prepared statement:
 * planned once per connection, which is worth 2× on the hot paths (docs/decisions/0004).
 */
export async function send(client: pg.PoolClient, text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
  const name = nameOf(text)
  const config: pg.QueryConfig = { text, values: values as unknown[] }
  return client.query(name ? { ...config, name } : config)
}

const adapter = new PostgresAdapter()
const compiler = new PostgresQueryCompiler()
const known = new WeakMap<pg.PoolClient, Db>()
const clients = new WeakMap<Db, pg.PoolClient>()

/** The query builder bound to one pooled connection; made once per connection. */
export function dbOn(client: pg.PoolClient): Db {
  const found = known.get(client)
  if (found) return found
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => adapter,
      createDriver: () => driverOn(client),
      createIntrospector: (inner) => new PostgresIntrospector(inner),
      createQueryCompiler: () => compiler,
    },
  })
  known.set(client, db)
  clients.set(db, client)
  return db
}

/** The connection a transaction's builder is bound to, for COPY. */
export function clientOf(db: Db): pg.PoolClient {
  const client = clients.get(db)
  if (!client) throw new Error('COPY needs a transaction of its own')
  return client
}

function driverOn(client: pg.PoolClient): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const result = await send(client, query.sql, query.parameters)
      return { rows: (result.rows ?? []) as R[], numAffectedRows: BigInt(result.rowCount ?? 0) }
    },
    streamQuery() {
      throw new Error('streams read by keyset pages or copyOut, never through the builder')
    },
  }
  const nothing = async () => {}
  const refuse = async () => {
    throw new Error('a transaction begins in withTx only')
  }
  return {
    init: nothing,
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: nothing,
    destroy: nothing,
  }
}

type Rows<Q extends readonly (RawBuilder<unknown> | null)[]> = {
  -readonly [K in keyof Q]: Q[K] extends RawBuilder<infer R> ? R[] : Q[K] extends RawBuilder<infer R> | null ? R[] : never
}

/**
 * Sends statements one behind the other without waiting for answers in between, in exactly this order: each sees what those before it did, in
 * a snapshot of its own, as if they had been awaited one by one, but together they cost one trip to the server. When one fails, the
 * transaction is lost and its error is thrown. A null is a statement that is not needed: no rows.
 */
export async function together<const Q extends readonly (RawBuilder<unknown> | null)[]>(db: Db, ...queries: Q): Promise<Rows<Q>> {
  const client = clientOf(db)
  const compiled = queries.map((query) => query?.compile(db) ?? null)
  // Only here: COPY and cursors cannot share a connection that pipelines.
  Object.assign(client, { pipeline: true })
  try {
    const answers = await Promise.allSettled(compiled.map((query) => (query ? send(client, query.sql, query.parameters) : null)))
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason
      return answer.value?.rows ?? []
    }) as Rows<Q>
  } finally {
    Object.assign(client, { pipeline: false })
  }
}

/** Runs a statement given as text on whatever connection `db` is bound to (for libraries that bring their own SQL). */
export async function runText(db: Db, text: string, values: readonly unknown[] = []): Promise<{ rows: unknown[]; rowCount: number }> {
  const result = await db.executeQuery(CompiledQuery.raw(text, values as unknown[]))
  return { rows: result.rows, rowCount: Number(result.numAffectedRows ?? 0) }
}
