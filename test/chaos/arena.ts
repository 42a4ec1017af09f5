// Where a chaos row takes place: a database of its own, real processes of the product on it, and a seeded source of chance.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg, { type PoolConfig } from 'pg'
import { create } from '#access/keys/service.ts'
import type { Scope } from '#access/vocabulary.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { type Embedded, startEmbedded } from '#kernel/db/embedded.ts'
import { openOn } from '#kernel/db/open.ts'
import { withTx } from '#kernel/db/tx.ts'
import { buildHouse } from '#server/house.ts'
import { jobs, ports } from '#server/wire.ts'
import { type Product, type ProductOptions, SECRET_KEY, startProduct } from '../product.ts'
import { onDatabase, runStatement, urlOf } from '../server.ts'
import { seeded } from '../world.ts'

export const SYSTEM: Actor = { kind: 'system', name: 'chaos' }

/** `small` in the suite, `full` by `npm run chaos`. */
export type Scale = 'small' | 'full'

export interface Arena {
  readonly seed: number
  /** The next draw in [0, 1) of this row's seed. */
  draw(): number
  readonly dataDir: string
  /** Direct reading of the database, beside the product. */
  readonly pool: pg.Pool
  readonly databaseUrl: string
  /** A process of the product on this arena's database; killed at `close` when it still lives. */
  product(options?: Partial<ProductOptions>): Promise<Product>
  /** A house on the same database, wired as the product is: for making the world the row takes place in. */
  house(): Promise<House>
  /** A new API key. */
  key(scope: Scope): Promise<string>
  close(): Promise<void>
}

/** An arena on a copy of the migrated template. */
export async function openArena(server: { admin: PoolConfig; template: string }, seed: number): Promise<Arena> {
  const name = `chaos_${randomBytes(6).toString('hex')}`
  await runStatement(server.admin, `CREATE DATABASE ${name} TEMPLATE ${server.template}`)
  const config = onDatabase(server.admin, name)
  return arenaOn(config, seed, () => runStatement(server.admin, `DROP DATABASE ${name} WITH (FORCE)`))
}

/** An arena whose products start the embedded database of their own data folder (below `under`); `pool` attaches to it. */
export async function openEmbeddedArena(seed: number, under = tmpdir()): Promise<Arena> {
  const dataDir = mkdtempSync(join(under, 'hagukumi-chaos-'))
  const embedded = await startEmbedded({ dataDir })
  await runStatement(embedded.config('postgres'), 'CREATE DATABASE hagukumi')
  return arenaOn(embedded.config('hagukumi'), seed, () => embedded.stop(), { dataDir, embedded })
}

async function arenaOn(
  config: PoolConfig,
  seed: number,
  clear: () => Promise<void>,
  own?: { dataDir: string; embedded: Embedded },
): Promise<Arena> {
  const dataDir = own?.dataDir ?? mkdtempSync(join(tmpdir(), 'hagukumi-chaos-'))
  const pool = new pg.Pool({ ...config, max: 4 })
  pool.on('error', () => {})
  const products: Product[] = []
  let held: ReturnType<typeof openHouse> | undefined
  const opened = (): ReturnType<typeof openHouse> => {
    held ??= openHouse(config, dataDir)
    return held
  }
  const place = own ? {} : { databaseUrl: urlOf(config) }
  return {
    seed,
    draw: seeded(seed),
    dataDir,
    pool,
    databaseUrl: urlOf(config),
    product: async (options = {}) => {
      const product = await startProduct({ dataDir, ...place, ...options })
      products.push(product)
      return product
    },
    house: async () => (await opened()).house,
    key: async (scope) => {
      const { house } = await opened()
      return withTx(house, SYSTEM, async (ctx) => (await create(ctx, { name: `chaos ${scope}`, scopes: [scope] })).key)
    },
    close: async () => {
      await Promise.all(products.map((product) => product.kill()))
      await (await held)?.close()
      await pool.end()
      await clear()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function openHouse(config: PoolConfig, dataDir: string): Promise<{ house: House; close(): Promise<void> }> {
  const database = await openOn(config, null, 4)
  const house = await buildHouse({
    database,
    dataDir,
    ports: ports(),
    jobs,
    publicUrl: 'http://127.0.0.1',
    secretKey: Buffer.from(SECRET_KEY, 'utf8'),
  })
  return {
    house,
    close: async () => {
      await house.jobs.stop()
      await database.close()
    },
  }
}
