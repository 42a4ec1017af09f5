import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Change } from '../blueprint/contract.ts'
import { exportSetup, importSetup } from '../blueprint/service.ts'
import { openZip, packZip } from '../blueprint/zip.ts'

const CLI: Actor = { kind: 'system', name: 'cli' }
const USAGE =
  'Usage: setup export <folder|file.zip>  |  setup import <folder|file.zip> [--apply]     without --apply it only says what would change'

/** `setup export|import`: the company's set-up as text files. */
export async function setupCommand(house: House, args: readonly string[]): Promise<string> {
  const apply = args.includes('--apply')
  const [verb, place, ...more] = args.filter((word) => word !== '--apply')
  if (!place || more.length || (verb !== 'export' && verb !== 'import')) refuse('invalid', 'setup.usage', { message: USAGE })
  return verb === 'export' ? write(house, resolve(place)) : read(house, resolve(place), apply)
}

async function write(house: House, place: string): Promise<string> {
  const { files, now } = await withRead(house, CLI, async (ctx) => ({ files: await exportSetup(ctx), now: ctx.now }))
  if (place.endsWith('.zip')) await writeFile(place, await packZip(files, now))
  else
    for (const [path, text] of files) {
      await mkdir(dirname(join(place, path)), { recursive: true })
      await writeFile(join(place, path), text)
    }
  return `${files.size - 1} objects written to ${place}`
}

async function read(house: House, place: string, apply: boolean): Promise<string> {
  const found = await stat(place).catch(() => refuse('missing', 'setup.place', { message: `${place} cannot be read.` }))
  const files = found.isDirectory() ? await readFolder(place) : await openZip(await readFile(place))
  const changes = await importSetup(house, CLI, files, apply)
  const shown = changes.filter(({ what }) => what !== 'same').map(line)
  const count = (what: Change['what']) => changes.filter((change) => change.what === what).length
  const sum = `${count('add')} new, ${count('change')} changed, ${count('same')} the same, ${count('skip')} left out`
  return [...shown, apply ? `Imported: ${sum}.` : `Nothing was written: ${sum}. Add --apply to import.`].join('\n')
}

const SIGNS: Readonly<Record<Change['what'], string>> = { add: '+', change: '~', same: ' ', skip: '!' }
const line = ({ path, what, where, reason }: Change): string =>
  `${SIGNS[what]} ${path}${where.length ? `  (${where.join(', ')})` : ''}${reason ? `  ${reason}` : ''}`

async function readFolder(place: string): Promise<Map<string, string>> {
  const entries = await readdir(place, { withFileTypes: true, recursive: true })
  const files = new Map<string, string>()
  for (const entry of entries.filter((each) => each.isFile() && each.name.endsWith('.json'))) {
    const folder = entry.parentPath.split(/[\\/]/).at(-1) ?? ''
    files.set(`${folder}/${entry.name}`, await readFile(join(entry.parentPath, entry.name), 'utf8'))
  }
  return files
}
