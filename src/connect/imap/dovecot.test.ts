// The mailbox against a real server: Dovecot as Debian ships it, where it is found.
import { spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { ImapOptions } from '#loop/deliver/incoming/port.ts'
import { greets, until } from '../../../test/world.ts'
import { openMailbox } from './mailbox.ts'

const DOVECOT = '/usr/sbin/dovecot'
const found = existsSync(DOVECOT)
/** Where everything is required, a missing server is a failure. */
const required = process.env.REQUIRE_ALL === '1'
const folder = found ? mkdtempSync(join(tmpdir(), 'hagukumi-dovecot-')) : ''
const NOBODY = 65_534
let server: ReturnType<typeof spawn> | null = null
afterAll(async () => {
  if (!server) return
  const gone = new Promise((resolve) => server?.once('exit', resolve))
  server.kill()
  await gone
  rmSync(folder, { recursive: true, force: true })
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

function configOf(port: number): string {
  const root = userInfo().uid === 0
  const user = root ? 'nobody' : userInfo().username
  const id = root ? NOBODY : userInfo().uid
  return `protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/base
state_dir = ${folder}/state
log_path = ${folder}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = ${user}
default_internal_group = ${root ? 'nogroup' : user}
default_login_user = ${user}
mail_location = maildir:${folder}/mail
first_valid_uid = 0
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${id} gid=${root ? NOBODY : userInfo().gid} home=${folder}/mail
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`
}

async function start(mails: readonly string[]): Promise<ImapOptions> {
  const port = await freePort()
  const root = userInfo().uid === 0
  for (const name of ['mail', 'mail/new', 'mail/cur', 'mail/tmp']) {
    mkdirSync(join(folder, name))
    if (root) chownSync(join(folder, name), NOBODY, NOBODY)
  }
  mails.forEach((text, i) => {
    const file = join(folder, 'mail/new', `${i + 1}.mail`)
    writeFileSync(file, text)
    if (root) chownSync(file, NOBODY, NOBODY)
  })
  writeFileSync(join(folder, 'conf'), configOf(port))
  if (root) chownSync(folder, NOBODY, NOBODY)
  server = spawn(DOVECOT, ['-F', '-c', join(folder, 'conf')], { stdio: 'ignore' })
  for (let i = 0; i < 200 && !(await greets(port)); i++) await wait(50)
  return { host: '127.0.0.1', port, security: 'none', user: 'bounce', password: 'secret', folder: 'INBOX' }
}

test.skipIf(!found && !required)(
  `E2 a mailbox of a real Dovecot is read byte for byte and left as it was${found ? '' : ' (not run: no Dovecot on this machine)'}`,
  async () => {
    const mails = Array.from({ length: 12 }, (_, i) => `Subject: ${i}\r\n\r\n戻り {3}\r\n)\r\n${'x'.repeat(i * 5_000)}\r\n`)
    const options = await start(mails)
    await expect(openMailbox({ ...options, password: 'wrong' })).rejects.toThrow(/AUTH/i)
    const mailbox = await openMailbox(options)
    const first = await mailbox.take(0, 10)
    const rest = await mailbox.take(first.at(-1)?.uid ?? 0, 10)
    await mailbox.close()
    expect([...first, ...rest].map(({ raw }) => raw.toString()).sort()).toEqual([...mails].sort())
    // Dovecot writes its log when the session's process ends, a moment after the answer.
    await until(async () => readFileSync(join(folder, 'log'), 'utf8').includes('deleted=0 expunged=0'), {
      within: 20_000,
      what: 'the log of the session',
    })
    const again = await openMailbox(options)
    expect(again.validity).toBe(mailbox.validity)
    expect(await again.take(rest.at(-1)?.uid ?? 0, 10)).toEqual([])
    await again.close()
  },
  60_000,
)
