// S2: what somebody has asked for is sent once more when nobody knows whether it arrived; losing it would be worse than a copy.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { withTx } from '#kernel/db/tx.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make } from '#loop/deliver/template/service.ts'
import type { Taken } from '../sink.ts'
import { until } from '../world.ts'
import { type Arena, openArena, SYSTEM } from './arena.ts'
import { LANES, makeLeads, prepareCompany, startServer } from './mailing.ts'
import type { Row } from './row.ts'
import { killer } from './sending.ts'

/** One answer to each member of a segment, as scenarios and forms queue it. */
async function queueAnswers(arena: Arena, segment: string): Promise<void> {
  const house = await arena.house()
  const draft = { subject: 'お申し込みの確認', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  const template = await withTx(house, SYSTEM, (ctx) => make(ctx, { name: '確認', draft }, compiled))
  const { rows } = await arena.pool.query<{ bucket: number; id: string }>(
    'SELECT bucket, person_id AS id FROM membership WHERE segment_id = $1 ORDER BY 1, 2',
    [segment],
  )
  for (let from = 0; from < rows.length; from += 500)
    await withTx(house, SYSTEM, (ctx) =>
      queue(
        ctx,
        rows.slice(from, from + 500).map((subject) => ({
          subject,
          what: 'notice:chaos:s2',
          templateVersion: template.versionId,
          purpose: 'transactional' as const,
        })),
      ),
    )
}

const messageIdOf = (mail: Taken): string => /^Message-ID:\s*(<[^>]+>)/im.exec(mail.raw)?.[1] ?? ''

interface Ended {
  readonly address: string
  readonly status: string
  readonly resent: boolean
}

/** Every answer, once none of them is open. */
function ended(arena: Arena, people: number): Promise<Ended[]> {
  return until(
    async () => {
      const { rows } = await arena.pool.query<Ended>(
        `SELECT p.mail AS address, d.status, d.resent FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id
         WHERE d.what = 'notice:chaos:s2' AND d.status IN ('sent', 'unknown', 'refused', 'suppressed')`,
      )
      return rows.length === people ? rows : undefined
    },
    { within: 180_000, every: 500, what: 'every answer to end' },
  )
}

export const killedAnswers: Row = {
  id: 'S2',
  title:
    'S2 an answer somebody asked for goes out once more when its fate is not known: none is lost, and a copy bears the same Message-ID',
  async run(ground, scale, seed) {
    const { people, kills } = scale === 'full' ? { people: 30_000, kills: 200 } : { people: 1_200, kills: 6 }
    const arena = await openArena(ground, seed)
    const sink = await startServer(undefined, 25)
    try {
      await prepareCompany(arena)
      const segment = await makeLeads(await arena.house(), people)
      const kill = await killer(arena, sink)
      await queueAnswers(arena, segment)
      await kill(kills)
      const rows = await ended(arena, people)
      const copies = Map.groupBy(sink.taken, (mail) => mail.to[0] ?? '')
      const extra = sink.taken.length - copies.size
      const resent = rows.filter((row) => row.resent).length
      ok(extra <= resent, `${extra} copies beyond the first, although only ${resent} were sent once more`)
      ok(resent > 0 && resent <= kills * LANES, `${resent} sent once more after ${kills} kills at ${LANES} connections`)
      const strangers = [...copies.values()].filter((mails) => new Set(mails.map(messageIdOf)).size > 1)
      deepEqual(strangers, [], 'a copy under another Message-ID')
      deepEqual(
        rows.filter((row) => row.status === 'sent' && !copies.has(row.address)),
        [],
        'recorded as sent, yet the server never saw them',
      )
      const open = rows.filter((row) => row.status === 'unknown')
      equal(
        open.every((row) => row.resent),
        true,
        'unknown although it was not sent once more',
      )
      const lost = rows.filter((row) => !copies.has(row.address) && row.status !== 'unknown')
      deepEqual(lost, [], 'neither taken by the server nor listed')
      return `${kills} kills, ${people} answers: ${resent} sent once more, ${extra} copies beyond the first, ${open.length} unknown after their second try, 0 lost`
    } finally {
      await arena.close()
      await sink.close()
    }
  },
}
