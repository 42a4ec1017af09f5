// Postfix as Debian ships it, for one test: its own folders, a port on loopback, and no way to anybody outside.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSigned } from './certificate.ts'
import { freePort, greets, until } from './world.ts'

const POSTFIX = '/usr/sbin/postfix'
const NOBODY = 65_534

/** Why no Postfix can be started here; null when it can. It gives up its rights by itself, so it must begin as root. */
export const postfixMissing: string | null = existsSync(POSTFIX)
  ? process.getuid?.() === 0
    ? null
    : 'Postfix must be started as root'
  : 'no Postfix on this machine'

export interface Postfix {
  readonly port: number
  /** The mails of a mailbox so far, byte for byte as they were delivered. */
  mails(box: string): Buffer[]
  /** What it logged. */
  log(): string
  stop(): Promise<void>
}

interface Mailboxes {
  readonly domains: readonly string[]
  /** Regular expression of addresses → mailbox. Whoever matches none is accepted at first, and bounced. */
  readonly boxes: readonly (readonly [string, string])[]
}

export async function startPostfix({ domains, boxes }: Mailboxes): Promise<Postfix> {
  const folder = mkdtempSync(join(tmpdir(), 'hagukumi-postfix-'))
  chmodSync(folder, 0o755)
  for (const name of ['conf', 'queue', 'data', 'mail']) mkdirSync(join(folder, name))
  chownSync(join(folder, 'mail'), NOBODY, NOBODY)
  const { uid, gid } = accountOf('postfix')
  chownSync(join(folder, 'data'), uid, gid)
  const certificate = selfSigned('localhost', new Date('2020-01-01T00:00:00Z'))
  writeFileSync(join(folder, 'conf/cert.pem'), certificate.pem)
  writeFileSync(join(folder, 'conf/key.pem'), certificate.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(join(folder, 'conf/boxes'), boxes.map(([pattern, box]) => `/${pattern}/ ${box}/\n`).join(''))
  const port = await freePort()
  writeFileSync(join(folder, 'conf/main.cf'), mainOf(folder, domains))
  writeFileSync(join(folder, 'conf/master.cf'), masterOf(port))
  const child = spawn(POSTFIX, ['-c', join(folder, 'conf'), 'start-fg'], { stdio: 'ignore', detached: true })
  const log = (): string => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '')
  await until(() => greets(port), { within: 20_000, what: 'Postfix to answer' }).catch((error: Error) => {
    end(child, folder)
    throw new Error(`${error.message}\n${log()}`)
  })
  return {
    port,
    mails: (box) => {
      const place = join(folder, 'mail', box, 'new')
      return existsSync(place) ? readdirSync(place).map((name) => readFileSync(join(place, name))) : []
    },
    log,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      end(child, folder)
      if (child.exitCode === null && child.signalCode === null) await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Its own command ends the master and whatever that has started. */
function end(child: ChildProcess, folder: string): void {
  if (spawnSync(POSTFIX, ['-c', join(folder, 'conf'), 'stop'], { stdio: 'ignore' }).status !== 0) child.kill()
}

function accountOf(name: string): { uid: number; gid: number } {
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

/** Delivers to its own mailboxes alone: whatever else there is has `error` for a transport. */
function mainOf(folder: string, domains: readonly string[]): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = mx.${domains[0]}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = ${domains.join(', ')}
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = regexp:${folder}/conf/boxes
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtp_dns_support_level = disabled
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = ${folder}/conf/cert.pem
smtpd_tls_key_file = ${folder}/conf/key.pem
smtpd_peername_lookup = no
`
}

function masterOf(port: number): string {
  const rows = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'verify unix - - n - 1 verify',
    'proxymap unix - - n - - proxymap',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'virtual unix - n n - - virtual',
    'anvil unix - - n - 1 anvil',
    'postlog unix-dgram n - n - 1 postlogd',
  ]
  return `${rows.join('\n')}\n`
}
