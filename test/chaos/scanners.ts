// X8: what gateways and scanners do with the unsubscribe link changes nothing; what RFC 8058 asks of a mail program does.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { startSink, type Taken } from '../sink.ts'
import { type Arena, openArena } from './arena.ts'
import { makeMailing, settled, startMailing, toSink } from './mailing.ts'
import type { Row } from './row.ts'

/** Agents seen fetching every link of a mail before its reader does. */
const SCANNERS = [
  'Mozilla/5.0 (compatible; Barracuda Sentinel)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.88 Safari/537.36',
  'Mozilla/5.0 (compatible; Proofpoint URL Defense)',
  'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  'Mimecast URL Protection',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) SafeLinks',
  'Microsoft Office Outlook',
  'Symantec Click-time URL Protection',
  'curl/8.5.0',
  '',
]

/** The address of the List-Unsubscribe header, as a mail program reads it. */
function unsubscribeUrl(mail: Taken): string {
  const headers = mail.raw.split('\r\n\r\n')[0]?.replaceAll(/\r\n[ \t]+/g, ' ') ?? ''
  ok(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/im.test(headers), 'the header that announces one click')
  const url = /^List-Unsubscribe:.*?<(https?:[^>]+)>/im.exec(headers)?.[1]
  if (!url) throw new Error('no List-Unsubscribe header')
  return url
}

async function stopped(arena: Arena): Promise<string[]> {
  const { rows } = await arena.pool.query<{ mail: string }>('SELECT mail FROM person WHERE mail_stop <> 0 ORDER BY mail')
  return rows.map((row) => row.mail)
}

export const scanners: Row = {
  id: 'X8',
  title: 'X8 GEN-01 ten scanners that fetch the unsubscribe link stop nobody; one POST without cookies stops exactly the one',
  async run(ground, _scale, seed) {
    const arena = await openArena(ground, seed)
    const sink = await startSink()
    try {
      const people = 20
      const mailing = await makeMailing(arena, people)
      await arena.product({ env: toSink(sink.port) })
      await startMailing(arena, mailing, people)
      await settled(arena, mailing, people)
      for (const mail of sink.taken) {
        const url = unsubscribeUrl(mail)
        for (const agent of SCANNERS) {
          for (const method of ['GET', 'HEAD', 'OPTIONS'])
            await (await fetch(url, { method, headers: { 'user-agent': agent }, redirect: 'manual' })).arrayBuffer()
        }
      }
      deepEqual(await stopped(arena), [], 'stopped by a scanner')
      for (const [at, mail] of sink.taken.slice(0, 5).entries()) {
        const answer = await fetch(unsubscribeUrl(mail), {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'List-Unsubscribe=One-Click',
          redirect: 'manual',
        })
        equal(answer.status, 200)
        equal(answer.headers.get('set-cookie'), null)
        deepEqual(
          await stopped(arena),
          sink.taken
            .slice(0, at + 1)
            .flatMap((each) => each.to)
            .sort(),
        )
      }
      return `${sink.taken.length * SCANNERS.length * 3} fetches by scanners, 0 stopped; 5 of 5 one-click stops`
    } finally {
      await arena.close()
      await sink.close()
    }
  },
}
