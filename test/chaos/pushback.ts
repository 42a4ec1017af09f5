// S10: one receiving domain says "not so fast" to three mails in ten. It gets less; the others do not.
import { equal, ok } from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { type Arena, openArena } from './arena.ts'
import { makeLeads, makeNewsletter, prepareCompany, startMailing, startServer, toServer } from './mailing.ts'
import type { Row } from './row.ts'

const STRICT = 'strict.example'
const CALM = ['calm.example', 'quiet.example', 'mild.example']

/** Mails the server was offered, by whether the strict domain was meant. */
interface Offers {
  strict: number
  others: number
}

/** What leaves per second within some time. */
async function ratesOf(offers: Offers, ms: number): Promise<Offers> {
  const [before, from] = [{ ...offers }, performance.now()]
  await pause(ms)
  const seconds = (performance.now() - from) / 1_000
  return { strict: (offers.strict - before.strict) / seconds, others: (offers.others - before.others) / seconds }
}

/** What the house says it has learnt of a group. */
async function learntOf(arena: Arena, receiver: string): Promise<number | null> {
  const { rows } = await arena.pool.query<{ per_minute: number | null }>('SELECT per_minute FROM mail_pace WHERE receiver = $1', [receiver])
  return rows[0]?.per_minute ?? null
}

export const pushedBack: Row = {
  id: 'S10',
  title: 'S10 a domain that answers 421 to three in ten is sent at most half within a minute, and the other domains lose nothing by it',
  async run(ground, scale, seed) {
    const plan =
      scale === 'full'
        ? { people: 16_000, delay: 100, quiet: 20_000, fall: 50_000, look: 20_000 }
        : { people: 4_000, delay: 100, quiet: 4_000, fall: 5_000, look: 5_000 }
    const arena = await openArena(ground, seed)
    const offers: Offers = { strict: 0, others: 0 }
    let strict = false
    let pushes = 0
    const sink = await startServer((recipient) => {
      if (!recipient) return 'none'
      const isStrict = recipient.endsWith(STRICT)
      if (isStrict) offers.strict++
      else offers.others++
      if (!isStrict || !strict || arena.draw() >= 0.3) return 'none'
      pushes++
      return 'rcpt421'
    }, plan.delay)
    try {
      await prepareCompany(arena)
      const domains = [STRICT, ...CALM]
      const segment = await makeLeads(await arena.house(), plan.people, (n) => `lead${n}@${domains[n % domains.length]}`)
      const mailing = await makeNewsletter(arena, segment)
      const sender = await arena.product({ run: 'worker', env: toServer(sink.port) })
      await startMailing(arena, mailing, plan.people)
      while (offers.strict + offers.others < 50) await pause(50)
      const before = await ratesOf(offers, plan.quiet)
      strict = true
      await pause(plan.fall)
      const after = await ratesOf(offers, plan.look)
      const { rows } = await arena.pool.query<{ open: number }>(
        `SELECT count(*)::int AS open FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id
         WHERE d.source = $1 AND d.status IN ('queued', 'claimed', 'deferred') AND p.mail NOT LIKE '%@' || $2`,
        [mailing, STRICT],
      )
      ok((rows[0]?.open ?? 0) > 0, 'the other domains had mails left until the end')
      const said = `strict ${before.strict} → ${after.strict}, others ${before.others} → ${after.others} mails/s`
      // Against the others, who share the machine and its moods.
      ok(after.strict / after.others <= before.strict / before.others / 2, said)
      if (scale === 'full') ok(after.strict <= before.strict / 2 && after.others >= before.others * 0.95, said)
      const learnt = await learntOf(arena, STRICT)
      ok(learnt !== null, 'what was learnt is kept')
      const calm = await Promise.all(CALM.map((domain) => learntOf(arena, domain)))
      equal(calm.filter((limit) => limit !== null).length, 0, 'nothing was learnt of domains that never complained')
      await sender.stop()
      const shown = (rate: number) => rate.toFixed(1)
      return `${pushes} × 421: strict domain ${shown(before.strict)} → ${shown(after.strict)} mails/s (learnt: ${Math.round(learnt)}/min), the others ${shown(before.others)} → ${shown(after.others)}/s`
    } finally {
      await arena.close()
      await sink.close()
    }
  },
}
