import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { migrate, readMigrations } from '#kernel/db/migrate.ts'
import { openOn } from '#kernel/db/open.ts'
import { identify } from '#loop/identify/service.ts'
import { aPlace, contentsOf, type Place, TEST_KEY } from '../../test/backup.ts'
import type { TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { onDatabase, runStatement } from '../../test/server.ts'
import { seeded } from '../../test/world.ts'
import { keyMark, openKey, sealKey } from './archive/key.ts'
import { writeBackup } from './dump/service.ts'
import { makeJob } from './jobs.ts'
import { checkBackup } from './load/check.ts'
import { beginRun, makeBackup } from './service.ts'

/** What belongs to one installation alone and does not travel. */
const HERE = [
  'migration',
  'worker',
  'mail_worker',
  'bucket_lease',
  'auth_session',
  'auth_rate_limit',
  'hold',
  'held_job',
  'stop_note',
  'backup_run',
]

let db: TestDatabase
let file: string
const folder = mkdtempSync(join(tmpdir(), 'hagukumi-backup-'))
const places: Place[] = []
const place = async (): Promise<Place> => {
  const made = await aPlace()
  places.push(made)
  return made
}

/** Names that a file format likes to trip over. */
const NAMES = ['髙橋', 'タブ\tと\n改行', '\\N', '引用"と\\', '𠮷田', '']

beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    identify(
      ctx,
      Array.from({ length: 300 }, (_, i) => ({
        mail: `lead${i}@example.co.jp`,
        fields: { familyName: NAMES[i % NAMES.length] ?? '', companyName: '株式会社サンプル01' },
        at: ctx.now,
        route: 'form' as const,
        consent: { basis: 'consent' as const, text: '同意します' },
      })),
    ),
  )
  mkdirSync(join(db.house.dataDir, 'imports', 'deep'), { recursive: true })
  writeFileSync(join(db.house.dataDir, 'imports', 'deep', '名簿.csv'), Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 251)))
  writeFileSync(join(db.house.dataDir, 'imports', 'empty.csv'), '')
  writeFileSync(join(db.house.dataDir, 'secret.key'), 'never in a backup')
  // More than one piece of a table, none of which ends where a piece does.
  await db.house.pool.query(
    `INSERT INTO setting (key, value, changed_at) SELECT 'long' || i, to_jsonb(repeat('長' || i, 99991 * i)), now() FROM generate_series(1, 4) i`,
  )
  const id = await db.tx(async (ctx) => {
    await ctx.house.jobs.enqueue(ctx, makeJob, { id: ctx.id() })
    return beginRun(ctx, 'cli')
  })
  file = join(folder, 'whole.tar')
  await makeBackup(db.house, id, { target: file })
})
afterAll(async () => {
  for (const each of places) await each.close()
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

const peopleIn = async (at: Place): Promise<number> => (await at.database.pool.query('SELECT count(*)::int AS n FROM person')).rows[0].n

describe('a backup', () => {
  test('GEN-15 D6 every row of every table, every uploaded file and every waiting job is there again elsewhere', async () => {
    const there = await place()
    const restored = await there.restore(file)
    expect(restored.files).toBe(2)
    await there.open()
    expect(await contentsOf(there.database.pool, HERE)).toEqual(await contentsOf(db.house.pool, HERE))
    const path = ['imports', 'deep', '名簿.csv']
    expect(readFileSync(join(there.dataDir, ...path)).equals(readFileSync(join(db.house.dataDir, ...path)))).toBe(true)
    expect(statSync(join(there.dataDir, 'imports', 'empty.csv')).size).toBe(0)
    expect((await there.database.pool.query('SELECT name FROM held_job')).rows).toEqual([{ name: 'backup.make' }])
    expect(
      (
        await there.database.pool.query(
          "SELECT count(*)::int AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relname = 'person'",
        )
      ).rows,
    ).toEqual(
      (
        await db.house.pool.query(
          "SELECT count(*)::int AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relname = 'person'",
        )
      ).rows,
    )
  })

  test('GEN-15 any tar program opens it, and neither the secret key nor sessions are in it', () => {
    const bytes = readFileSync(file)
    expect(bytes.toString('latin1', 257, 262)).toBe('ustar')
    expect(bytes.includes('never in a backup')).toBe(false)
    expect(bytes.includes('tables/auth_session')).toBe(false)
    for (const name of ['person/000001', 'setting/000001', 'setting/000008']) expect(bytes.includes(`tables/${name}.zst`)).toBe(true)
  })

  test('GEN-15 D6 made while others write, it holds one instant: money moved between two rows is never there twice or not at all', async () => {
    const { admin } = inject('database')
    await db.house.pool.query("INSERT INTO setting (key, value, changed_at) VALUES ('left', '1000', now()), ('right', '0', now())")
    let busy = true
    let moves = 0
    const mover = (async () => {
      const client = await db.house.pool.connect()
      while (busy) {
        await client.query(
          "BEGIN; UPDATE setting SET value = to_jsonb(value::int - 1) WHERE key = 'left'; UPDATE setting SET value = to_jsonb(value::int + 1) WHERE key = 'right'; COMMIT",
        )
        moves++
      }
      client.release()
    })()
    const target = join(folder, 'busy.tar')
    await makeBackup(db.house, await db.tx((ctx) => beginRun(ctx, 'cli')), { target })
    busy = false
    await mover
    expect(moves).toBeGreaterThan(0)
    const there = await place()
    await there.restore(target)
    expect((await there.database.pool.query("SELECT sum(value::int)::int AS n FROM setting WHERE key IN ('left', 'right')")).rows).toEqual([
      { n: 1000 },
    ])
    expect(admin).toBeDefined()
  })
})

test('GEN-15 a backup written into the data folder does not hold itself, nor those made before', async () => {
  const target = join(db.house.dataDir, 'here.tar')
  for (const name of ['hagukumi-20260408-0300-1a2b3c4d.tar', 'imports/hagukumi-20260407-0300-1a2b3c4d.tar'])
    writeFileSync(join(db.house.dataDir, name), 'an older one')
  await makeBackup(db.house, await db.tx((ctx) => beginRun(ctx, 'cli')), { target })
  expect((await checkBackup(target)).end.files.map(({ path }) => path)).toEqual(['imports/deep/名簿.csv', 'imports/empty.csv'])
  rmSync(target)
})

describe('a file that is not whole', () => {
  test('GEN-15 cut off anywhere, it is refused before anything is written', async () => {
    const there = await place()
    const draw = seeded(7)
    const { size } = statSync(file)
    const cut = join(folder, 'cut.tar')
    for (let i = 0; i < 25; i++) {
      writeFileSync(cut, readFileSync(file))
      truncateSync(cut, i === 0 ? 0 : Math.floor(draw() * (size - 1_024)))
      await expect(there.restore(cut)).rejects.toMatchObject({ code: 'backup.damaged' })
    }
    expect(
      (
        await there.database.pool.query(
          "SELECT count(*)::int AS n FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        )
      ).rows,
    ).toEqual([{ n: 0 }])
  })

  test('GEN-15 one changed byte anywhere is found', async () => {
    const draw = seeded(11)
    const bytes = readFileSync(file)
    const bad = join(folder, 'bad.tar')
    let refused = 0
    for (let i = 0; i < 60; i++) {
      const at = Math.floor(draw() * (bytes.length - 1_024))
      const copy = Buffer.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(draw() * 8))
      writeFileSync(bad, copy)
      const outcome = await checkBackup(bad).catch((error: { code: string }) => error.code)
      if (outcome === 'backup.damaged') refused++
      // A byte of the padding between members belongs to nobody.
      else expect(isPadding(bytes, at)).toBe(true)
    }
    expect(refused).toBeGreaterThan(40)
  })

  test('GEN-15 a file of something else is refused in words', async () => {
    const other = join(folder, 'other.tar')
    writeFileSync(other, 'PK\u0003\u0004'.padEnd(5_000, 'x'))
    await expect(checkBackup(other)).rejects.toMatchObject({ code: 'backup.damaged' })
    await expect(checkBackup(join(folder, 'nothing.tar'))).rejects.toMatchObject({ code: 'backup.file' })
  })
})

function isPadding(bytes: Buffer, at: number): boolean {
  for (let head = 0; head < bytes.length; ) {
    const length = Number.parseInt(bytes.toString('latin1', head + 124, head + 135), 8)
    const end = head + 512 + length
    const next = head + 512 + Math.ceil(length / 512) * 512
    if (at < next) return at >= end
    head = next
  }
  return false
}

describe('a database that holds something', () => {
  test('GEN-15 is refused without --replace; a restore killed in the middle leaves the old one as it was; then it takes its place whole', async () => {
    const there = await place()
    await there.restore(file)
    await there.database.pool.query("UPDATE person SET family_name = 'changed since' WHERE mail = 'lead1@example.co.jp'")
    const before = await contentsOf(there.database.pool, [])
    await expect(there.restore(file)).rejects.toMatchObject({ code: 'backup.used' })
    for (const table of ['consent_entry', 'person', 'score_model', 'indexes']) {
      const { admin } = inject('database')
      const kill = (what: string) =>
        what === table
          ? runStatement(
              admin,
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname LIKE 'restored%'",
            )
          : Promise.resolve()
      await there.restore(file, { replace: true, progress: kill }).then(
        () => expect.fail('the killed restore said it was done'),
        () => undefined,
      )
      expect(await contentsOf(there.database.pool, [])).toEqual(before)
    }
    await there.restore(file, { replace: true })
    expect(await peopleIn(there)).toBe(300)
    expect((await there.database.pool.query("SELECT count(*)::int AS n FROM person WHERE family_name = 'changed since'")).rows).toEqual([
      { n: 0 },
    ])
  })

  test('GEN-15 tables of another product are never touched', async () => {
    const there = await place()
    await there.database.pool.query('CREATE TABLE theirs (n int)')
    await expect(there.restore(file, { replace: true })).rejects.toMatchObject({ code: 'backup.foreign' })
  })

  test('GEN-15 while the product runs on it, nothing is restored', async () => {
    const there = await place()
    const { admin } = inject('database')
    const { rows } = await there.database.pool.query<{ name: string }>('SELECT current_database() AS name')
    const running = await openOn(onDatabase(admin, rows[0]?.name ?? ''), null, 2)
    await expect(there.restore(file)).rejects.toMatchObject({ code: 'backup.running' })
    await running.close()
    await there.restore(file)
  })
})

describe('another version', () => {
  test('GEN-15 a backup of an older version is brought forward by the migrations since', async () => {
    const { admin } = inject('database')
    const all = await readMigrations()
    const older = all.filter(({ number }) => number <= 165 && number !== 152)
    await runStatement(admin, 'CREATE DATABASE an_older_version')
    const old = await openOn(onDatabase(admin, 'an_older_version'), null, 2)
    try {
      await migrate(old.pool, older)
      await old.pool.query("INSERT INTO setting (key, value, changed_at) VALUES ('from', '\"an older version\"', now())")
      const target = join(folder, 'older.tar')
      const ask = { id: '01900000-0000-7000-8000-000000000001', pool: old.pool, dataDir: folder, target, product: '0.0.9', publicUrl: '' }
      await writeBackup({ ...ask, keyMark: keyMark(TEST_KEY), sealed: null, progress: async () => {} })
      const there = await place()
      const restored = await there.restore(target)
      expect(restored.migrated).toBe(all.length - older.length)
      expect(restored.migrated).toBeGreaterThan(0)
      expect((await there.database.pool.query('SELECT count(*)::int AS n FROM migration')).rows).toEqual([{ n: all.length }])
      expect((await there.database.pool.query("SELECT value FROM setting WHERE key = 'from'")).rows).toEqual([
        { value: 'an older version' },
      ])
      expect(await migrate(there.database.pool)).toEqual([])
    } finally {
      await old.close()
      await runStatement(admin, 'DROP DATABASE an_older_version WITH (FORCE)')
    }
  })

  test('GEN-15 a backup of a newer version is refused by the name of its step', async () => {
    await db.tx((ctx) => sql`INSERT INTO migration (number, name, checksum) VALUES (9999, 'of_tomorrow', 'x')`.execute(ctx.db))
    const target = join(folder, 'newer.tar')
    await makeBackup(db.house, await db.tx((ctx) => beginRun(ctx, 'cli')), { target })
    await db.tx((ctx) => sql`DELETE FROM migration WHERE number = 9999`.execute(ctx.db))
    const there = await place()
    await expect(there.restore(target)).rejects.toMatchObject({ code: 'backup.newer', message: expect.stringContaining('of_tomorrow') })
  })
})

describe('the secret key', () => {
  test('GEN-15 with another key a restore is refused; the key in the backup opens with its passphrase only, and is put in place', async () => {
    const sealed = await sealKey(TEST_KEY, 'a passphrase of twelve')
    expect(JSON.stringify(sealed)).not.toContain(TEST_KEY.toString('hex'))
    await expect(openKey(sealed, 'another passphrase')).rejects.toMatchObject({ code: 'backup.passphrase' })
    await expect(sealKey(TEST_KEY, 'short')).rejects.toMatchObject({ code: 'backup.passphrase' })
    const target = join(folder, 'with-key.tar')
    await makeBackup(db.house, await db.tx((ctx) => beginRun(ctx, 'cli')), { target, sealed })
    const there = await place()
    const secretKeyFile = join(there.dataDir, 'secret.key')
    writeFileSync(secretKeyFile, 'the key of a fresh installation')
    const other = { secretKey: Buffer.from('the key of a fresh installation'), secretKeyFile }
    await expect(there.restore(target, other)).rejects.toMatchObject({ code: 'backup.key' })
    const restored = await there.restore(target, { ...other, passphrase: 'a passphrase of twelve' })
    expect(restored.keyChanged).toBe(true)
    expect(readFileSync(secretKeyFile).equals(TEST_KEY)).toBe(true)
    expect(readFileSync(`${secretKeyFile}.before`, 'utf8')).toBe('the key of a fresh installation')
  })
})
