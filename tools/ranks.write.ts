// Writes the rank table of tools/ranks.ts into biome.json (`node tools/ranks.write.ts`).
import { readFileSync, writeFileSync } from 'node:fs'
import { browserSafe, forbidden, type Room, rooms } from './ranks.ts'

interface ImportPattern {
  readonly group: readonly string[]
  readonly message: string
}
interface Override {
  readonly includes: readonly string[]
  readonly linter: { readonly rules: { readonly style: Readonly<Record<string, unknown>> } }
}
interface Biome {
  overrides: Override[]
}

const orpc: ImportPattern = {
  group: ['@orpc/**'],
  message: 'declare with #kernel/endpoint.ts and serve with its serve(): oRPC stays behind one file',
}
const safe = browserSafe.map((file) => file.replace('src/', '#'))
const browser: ImportPattern = {
  group: ['#*/**', '!#*/**/contract.ts', ...safe.map((file) => `!${file}`), '../**/src/**'],
  message: `the browser imports contract.ts files and ${safe.join(', ')} only`,
}

const rule = (patterns: readonly ImportPattern[]): Readonly<Record<string, unknown>> => ({
  noRestrictedImports: { level: 'error', options: { patterns } },
})
const override = (includes: readonly string[], patterns: readonly ImportPattern[]): Override => ({
  includes,
  linter: { rules: { style: rule(patterns) } },
})

function closedTo(room: Room): ImportPattern[] {
  return rooms.flatMap((other) => {
    const why = forbidden(room, other)
    if (why === undefined) return []
    const whole = other.path.endsWith('.ts')
    const relative = `../**/${other.path.split('/').at(-1)}`
    return [{ group: whole ? [other.alias, relative] : [`${other.alias}/**`, `${relative}/**`], message: why }]
  })
}

/** The overrides of biome.json that the rank table stands for, in the order Biome needs (the later one wins). */
export function rankOverrides(): Override[] {
  const perRoom = rooms
    .filter((room) => room.name !== 'server')
    .map((room) => override([room.path.endsWith('.ts') ? room.path : `${room.path}/**`], [...closedTo(room), orpc]))
  const kernel = rooms.filter((room) => room.name === 'kernel').flatMap(closedTo)
  return [
    ...perRoom,
    override(['src/kernel/endpoint.ts', 'src/kernel/serve.ts'], kernel),
    override(['web/**'], [browser, orpc]),
    override(['web/admin/api.ts'], [browser]),
  ]
}

/** An override that carries nothing but import restrictions was written here; all others are kept as they stand. */
export function withRanks(biome: Biome): Biome {
  const isOurs = (item: Override): boolean => 'noRestrictedImports' in (item.linter?.rules?.style ?? {})
  return { ...biome, overrides: [...biome.overrides.filter((item) => !isOurs(item)), ...rankOverrides()] }
}

export const biomeFile = new URL('../biome.json', import.meta.url)

/** biome.json as parsed; throws when it is not valid JSON. */
export function readBiome(): Biome {
  return JSON.parse(readFileSync(biomeFile, 'utf8')) as Biome
}

if (import.meta.main) writeFileSync(biomeFile, `${JSON.stringify(withRanks(readBiome()), null, 2)}\n`)
