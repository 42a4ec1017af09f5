// The walls of the house that no compiler sees. Each test answers with the list of places that break the rule.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PERMISSIONS } from '#access/roles.ts'
import { browserSafe, forbidden, mayImportOrpc, roomOf, rooms } from '../tools/ranks.ts'
import { readBiome, withRanks } from '../tools/ranks.write.ts'
import { rings } from './architecture/graph.ts'
import { createdTables, declaredPersonTables, ownersOf, tablesRead, tablesWritten } from './architecture/schema.ts'
import { folderOf, isTest, places, readSources, root, type Source, withoutStrings } from './architecture/sources.ts'

const house = readSources('src/**/*.ts')
const product = house.filter((source) => !isTest(source.file))
const browser = readSources('web/**/*.ts', 'web/**/*.tsx')
const named = (pattern: RegExp): Source[] => product.filter((source) => pattern.test(source.file))
const outsideKernel = product.filter((source) => !source.file.startsWith('src/kernel/'))
const rankOf = (file: string): number => roomOf(file)?.rank ?? -1

const migrations = readdirSync(join(root, 'db/migrations'))
  .filter((file) => file.endsWith('.sql'))
  .sort()
const created = createdTables(migrations.map((file) => ({ file, sql: readFileSync(join(root, 'db/migrations', file), 'utf8') })))
const owners = ownersOf(house)

/** SQL may stand in queries.ts (or queries/ of a large module); facts.ts and the segment compiler hold fragments of it. */
const isQueries = (file: string): boolean => /(^|\/)(queries\.ts|queries\/[^/]+\.ts|\w+\.queries\.ts)$/.test(file)
const mayHoldFragments = (file: string): boolean => isQueries(file) || /\/facts\.ts$|\/compile(\/|\w*\.ts$)/.test(file)

describe('the test sees the house', () => {
  test('enough files are read for the rules below to mean anything', () => {
    expect(house.length).toBeGreaterThan(100)
    expect(browser.length).toBeGreaterThan(40)
    expect(named(/queries\.ts$/).length).toBeGreaterThan(10)
    expect(created.length).toBeGreaterThan(30)
    expect(owners.size).toBeGreaterThan(30)
  })
})

describe('imports', () => {
  test('imports go down the ladder of ranks only', () => {
    const broken = house.flatMap((source) =>
      source.imports.flatMap((target) => {
        const [from, to] = [roomOf(source.file), roomOf(target)]
        const why = from && to ? forbidden(from, to) : undefined
        return why ? [`${source.file} imports ${target}: ${why}`] : []
      }),
    )
    expect(broken).toEqual([])
  })

  test('every file of the house lies in a room of the rank table', () => {
    const known = (file: string): boolean => roomOf(file) !== undefined || /^src\/loop\/loop\.test\.ts$/.test(file)
    expect(house.filter((source) => !known(source.file)).map((source) => source.file)).toEqual([])
  })

  test('no ring of imports, type-only ones included', () => {
    expect(rings([...product, ...browser]).map((ring) => ring.join(' → '))).toEqual([])
  })

  test('biome.json carries the rank table as it stands (else: node tools/ranks.write.ts)', () => {
    expect(withRanks(readBiome())).toEqual(readBiome())
    expect(rooms.length).toBeGreaterThan(10)
  })

  test('oRPC is spoken by the endpoint face, the server and the admin client only', () => {
    const others = [...product, ...browser].filter((source) => !mayImportOrpc.some((path) => source.file.startsWith(path)))
    expect(others.filter((source) => source.imports.some((name) => name.startsWith('@orpc/'))).map((source) => source.file)).toEqual([])
  })

  test('the browser imports contracts and the endpoint face only, and contracts are safe for it', () => {
    const allowed = (target: string): boolean => /^src\/.*contract\.ts$/.test(target) || browserSafe.includes(target)
    const fromBrowser = browser
      .filter((source) => !isTest(source.file))
      .flatMap((source) =>
        source.imports.filter((name) => name.startsWith('src/') && !allowed(name)).map((name) => `${source.file}: ${name}`),
      )
    const fromContracts = named(/contract\.ts$/).flatMap((source) => unsafeFor(source.file))
    expect([...fromBrowser, ...fromContracts]).toEqual([])
  })

  test('the network is reached by connect, server and cli only', () => {
    const network = /^(node:)?(http|https|http2|net|tls|dgram|dns|dns\/promises)$|^(undici|nodemailer|smtp-server)(\/|$)/
    const below = outsideKernel.filter((source) => rankOf(source.file) < 10)
    const imports = below.flatMap((source) => source.imports.filter((name) => network.test(name)).map((name) => `${source.file}: ${name}`))
    expect([...imports, ...places(below, /(?<![\w.])fetch\(/, () => 'fetch(')]).toEqual([])
  })
})

/** A contract is data for browser and server alike: whatever it reaches needs neither Node nor a database. */
function unsafeFor(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || browserSafe.includes(file)) return []
  seen.add(file)
  const source = product.find((each) => each.file === file)
  return (source?.imports ?? []).flatMap((name) =>
    name.startsWith('src/') ? unsafeFor(name, seen) : name === 'zod' ? [] : [`${file}: ${name}`],
  )
}

describe('the files of a module', () => {
  test('SQL stands in queries.ts and nowhere else', () => {
    const others = outsideKernel.filter((source) => !isQueries(source.file))
    const verbs = places(others, /\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto|selectNoFrom)\(/, (match) => `.${match[1]}(`)
    const text = places(
      others.filter((source) => !mayHoldFragments(source.file)),
      /(?<![\w.])sql(<[^`]*>)?`/,
      () => 'sql`…`',
    )
    const clients = places(others, /\b(pool|claimPool|client)\.query\(/, (match) => match[0])
    expect([...verbs, ...text, ...clients]).toEqual([])
  })

  test('decide.ts is pure: no await, no database, no service', () => {
    const decisions = named(/(^|\/)decide(\.\w+)?\.ts$/)
    const syntax = decisions.map((source) => ({ ...source, code: withoutStrings(source.code) }))
    const waits = places(syntax, /(?<![.\w])(await|async)\s(?!\s*[:,}])|\bPromise\b/, (match) => match[0])
    const reaches = decisions.flatMap((source) =>
      source.imports
        .filter((name) => /(queries|service|routes|jobs|kernel\/db\/tx)\.ts$|^(pg|kysely|node:fs.*)$/.test(name))
        .map((name) => `${source.file}: ${name}`),
    )
    expect([...waits, ...reaches]).toEqual([])
  })

  test('transactions begin at the doors, never in a verb, a query or a decision', () => {
    // The reactor is one of the doors: it claims people.
    const inside = named(/(^|\/)(service|queries|decide|reactions|facts|contract|tables)\.ts$/).filter((source) => rankOf(source.file) < 10)
    expect(places(inside, /(?<![\w.])with(Tx|Read)\(/, (match) => match[0])).toEqual([])
  })

  test('endpoints are declared in contract.ts, jobs in jobs.ts', () => {
    const endpoints = places(
      outsideKernel.filter((source) => !/contract\.ts$/.test(source.file)),
      /(?<![\w.])endpoint\(\{/,
      () => 'endpoint({',
    )
    const jobs = places(
      outsideKernel.filter((source) => rankOf(source.file) < 10 && !/jobs\.ts$/.test(source.file)),
      /(?<![\w.])defineJob\(/,
      () => 'defineJob(',
    )
    expect([...endpoints, ...jobs]).toEqual([])
  })

  test('no drawer folders, no barrels', () => {
    const drawer = /(^|\/)(utils?|helpers?|common|misc|types|shared|lib)(\/|\.tsx?$)|(^|\/)index\.tsx?$/
    expect([...product, ...browser].filter((source) => drawer.test(source.file)).map((source) => source.file)).toEqual([])
  })

  test('every file of decisions has a test beside it', () => {
    const tested = new Set(house.filter((source) => isTest(source.file)).flatMap((source) => source.imports))
    expect(
      named(/(^|\/)decide\.ts$/)
        .filter((source) => !tested.has(source.file))
        .map((source) => source.file),
    ).toEqual([])
  })
})

describe('tables', () => {
  test('each table of the migrations has exactly one owner, and each declared table exists', () => {
    const byLibraries = new Set(readLibraryTables())
    const unowned = created
      .filter((table) => !owners.has(table.name) && !byLibraries.has(table.name))
      .map((table) => `${table.migration}: ${table.name} is in no tables.ts`)
    const shared = [...owners]
      .filter(([, folders]) => folders.length > 1)
      .map(([name, folders]) => `${name} is owned by ${folders.join(' and ')}`)
    const exists = new Set(created.map((table) => table.name))
    const missing = [...owners.keys()].filter((name) => !exists.has(name)).map((name) => `${name} is declared but no migration creates it`)
    expect([...unowned, ...shared, ...missing]).toEqual([])
  })

  test('a table is written by its owner only', () => {
    const broken = product.flatMap((source) =>
      [...tablesWritten(source.code)].flatMap((name) => {
        const folder = owners.get(name)?.[0]
        return folder && !`${folderOf(source.file)}/`.startsWith(`${folder}/`)
          ? [`${source.file} writes ${name}, which ${folder} owns`]
          : []
      }),
    )
    expect(broken).toEqual([])
  })

  test('a room reads tables of its own rank or below, siblings excepted', () => {
    const broken = outsideKernel
      .filter((source) => isQueries(source.file))
      .flatMap((source) => [...tablesRead(source.code)].flatMap((name) => readsUpwards(source, name)))
    expect(broken).toEqual([])
  })

  test('every table with (bucket, person_id) says how it meets, is exported and is erased', () => {
    const declared = declaredPersonTables(product)
    const personal = created.filter((table) => table.columns.includes('bucket') && table.columns.includes('person_id'))
    expect(personal.length).toBeGreaterThan(8)
    expect(personal.filter((table) => !declared.has(table.name)).map((table) => `${table.migration}: ${table.name}`)).toEqual([])
  })
})

function readsUpwards(source: Source, name: string): string[] {
  const folder = owners.get(name)?.[0]
  const [from, to] = [roomOf(source.file), folder ? roomOf(`${folder}/tables.ts`) : undefined]
  const why = from && to && to.rank > 0 ? forbidden(from, to) : undefined
  return why ? [`${source.file} reads ${name}: ${why}`] : []
}

/** Tables that a library keeps by itself (sign-in); listed where they are created. */
function readLibraryTables(): string[] {
  return created.filter((table) => /^auth_/.test(table.name)).map((table) => table.name)
}

describe('permissions', () => {
  test('GEN-11 every endpoint names a permission of the table', () => {
    const used = places(named(/contract\.ts$/), /permission:\s*['"]([^'"]+)['"]/, (match) => match[1] ?? '')
    expect(used.length).toBeGreaterThan(20)
    const unknown = used.filter((place) => !['public', ...Object.keys(PERMISSIONS)].includes(place.split(': ').at(-1) ?? ''))
    expect(unknown).toEqual([])
  })

  test('GEN-11 every contract is served by a routes.ts beside it, and every routes.ts is mounted', () => {
    const files = new Set(product.map((source) => source.file))
    const unserved = named(/contract\.ts$/)
      .filter((source) => /\bendpoint\(/.test(source.code) && !files.has(`${folderOf(source.file)}/routes.ts`))
      .map((source) => `${source.file} has no routes.ts beside it`)
    const mounted = new Set(product.filter((source) => source.file.startsWith('src/server/')).flatMap((source) => source.imports))
    const unmounted = named(/(^|\/)routes\.ts$/)
      .filter((source) => !mounted.has(source.file))
      .map((source) => `${source.file} is not mounted`)
    expect([...unserved, ...unmounted]).toEqual([])
  })
})

describe('the look', () => {
  test('colours come from tokens: no hex colour in pages', () => {
    // A mail has colours of its own, whatever the theme of the UI: its sheet and its blocks are data, not the look.
    const sheets = readSources('web/admin/**/*.css').filter((source) => !/(tokens|theme|sheet)\.css$/.test(source.file))
    const pages = browser.filter(
      (source) =>
        source.file.startsWith('web/admin/') && !/(tokens|theme|colours?|editor\/blocks)\.tsx?$/.test(source.file) && !isTest(source.file),
    )
    expect(
      places([...sheets, ...pages], /['":\s(]#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b(?!\/)/i, (match) => match[0].trim()),
    ).toEqual([])
  })

  test('what a sheet names is there: an unknown measure or colour is silently nothing, and the line or the ground is missing', () => {
    const looks = [...readSources('web/admin/**/*.css'), ...browser]
    const known = new Set(looks.flatMap(({ code }) => [...code.matchAll(/(--[\w-]+)['"]?\]?\s*:/g)].map(([, name]) => name)))
    expect(known.size).toBeGreaterThan(50)
    const used = looks.flatMap(({ file, code }) =>
      [...code.matchAll(/var\((--(?!mantine)[\w-]+)\s*\)/g)].map(([, name]) => ({ file, name })),
    )
    expect(used.length).toBeGreaterThan(500)
    expect(used.filter(({ name }) => !known.has(name)).map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  })
})
