// N4: the house stands still for three days while thousands of waits end, then comes up again: in which order they go on, and how fast mails leave.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { HOUR, MINUTE } from '#kernel/clock.ts'
import { withTx } from '#kernel/db/tx.ts'
import { readMail, saveMail } from '#loop/deliver/sender/settings.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make } from '#loop/deliver/template/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { type Arena, openArena, type Scale, SYSTEM } from './arena.ts'
import { LANES, makeLeads, prepareCompany, startServer, toServer } from './mailing.ts'
import type { Ground } from './row.ts'
import { count, untilAll } from './scenarios.ts'

/** The late rule of the scenario that writes: mails later than that stay out. */
const TOO_LATE = 36
const wait: Step = { kind: 'wait', id: 'w', name: '', until: { kind: 'for', amount: 1, unit: 'days', businessHours: false } }

function publish(arena: Arena, name: string, after: Step, more: Partial<Graph> = {}): Promise<string> {
  const triggers: Graph['triggers'] = [{ kind: 'event', id: 't', match: { event: 'custom.never', filters: [] } }]
  const graph: Graph = { ...PLAIN, triggers, entry: { kind: 'once' }, steps: [wait, after], ...more }
  return arena.house().then((house) =>
    withTx(house, SYSTEM, async (ctx) => {
      const made = await scenarios.create(ctx, { name, starter: 'blank', language: 'ja' }, {})
      const saved = await scenarios.save(ctx, { id: made.id, name, graph, revision: made.revision })
      await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
      return made.id
    }),
  )
}

const tag = (name: string): Step => ({ kind: 'tag', id: name, name, tag: name, remove: false })

async function template(arena: Arena): Promise<string> {
  const draft = { subject: 'ご案内', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  return withTx(await arena.house(), SYSTEM, async (ctx) => (await make(ctx, { name: '見本', draft }, compiled)).id)
}

/**
 * Each share of the leads stands at the wait of a scenario that ended at an instant of chance within the last three days: the rows that
 * reactions would have written. Nobody's is within ten minutes of the bounds of the late rule.
 */
async function fallDue(arena: Arena, shares: readonly { scenario: string; every: number; below: number }[]): Promise<void> {
  await arena.pool.query(
    'CREATE TABLE chaos_due (run_id uuid PRIMARY KEY, person_id uuid NOT NULL, scenario_id uuid NOT NULL, due_at timestamptz NOT NULL)',
  )
  for (const { scenario, every, below } of shares)
    await arena.pool.query(
      `WITH lead AS (SELECT bucket, id, replace(split_part(mail, '@', 1), 'lead', '')::int AS n FROM person WHERE mail LIKE 'lead%'),
        armed AS (INSERT INTO run (bucket, person_id, id, scenario_id, version, status, step, arrived_at, due_at, heard, steps, trigger_id, cause_id, hop, entered_at)
          SELECT bucket, id, gen_random_uuid(), $1::uuid, 1, 'active', 'w', now() - interval '5 days', now() - interval '30 minutes'
            - (abs(hashtext(id::text || $1::text)) % 4000) * interval '1 minute' * CASE WHEN abs(hashtext(id::text || $1::text)) % 4000 BETWEEN $4::int - 45 AND $4::int + 10 THEN 0.5 ELSE 1 END
            - n * interval '1 microsecond', NULL, 0, 't', gen_random_uuid(), 0, now() - interval '5 days'
          FROM lead WHERE n % $2::int = 0 AND n < $3::int ORDER BY bucket, id RETURNING id, person_id, scenario_id, due_at)
       INSERT INTO chaos_due SELECT id, person_id, scenario_id, due_at FROM armed`,
      [scenario, every, below, (TOO_LATE * HOUR) / MINUTE],
    )
}

/** Everybody of the first scenario, in the order of their times: nobody whose time came first may have gone on later. */
const BEHIND = `SELECT count(*)::int AS n FROM (
    SELECT s.left_at, max(s.left_at) OVER (ORDER BY d.due_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM chaos_due d JOIN run_step s ON s.run_id = d.run_id AND s.step = 'w'
    WHERE d.scenario_id = $1 AND NOT EXISTS (SELECT 1 FROM chaos_due e WHERE e.person_id = d.person_id AND e.scenario_id <> d.scenario_id)) x
  WHERE before > left_at`
/** Whoever has both tags, and those whose first is not that of the scenario that was due first. */
const BOTH = `SELECT count(*)::int AS n FROM chaos_due a JOIN chaos_due b ON b.person_id = a.person_id AND b.scenario_id = $2 WHERE a.scenario_id = $1`
const CROSSED = `SELECT count(*)::int AS n FROM chaos_due a JOIN chaos_due b ON b.person_id = a.person_id AND b.scenario_id = $2
    JOIN person p ON p.id = a.person_id
  WHERE a.scenario_id = $1 AND (array_position(p.tags, 'first') < array_position(p.tags, 'second')) IS DISTINCT FROM (a.due_at < b.due_at)`
/** The most mails marked within any ten seconds. */
const MOST_AT_ONCE = `SELECT coalesce(max(n), 0)::int AS n FROM (
    SELECT count(*) OVER (ORDER BY marked_at RANGE BETWEEN interval '10 seconds' PRECEDING AND CURRENT ROW) AS n FROM delivery WHERE marked_at IS NOT NULL) x`

/**
 * People overdue in one scenario, in two, and at a mail, on a house that comes up after three days.
 * @returns what it threw and saw
 */
export async function comeUpAgain(ground: Ground, scale: Scale, seed: number): Promise<string> {
  const plan = scale === 'full' ? { people: 20_000, mails: 2_000, perMinute: 600 } : { people: 1_200, mails: 120, perMinute: 1_200 }
  const arena = await openArena(ground, seed)
  const sink = await startServer()
  try {
    await prepareCompany(arena)
    await withTx(await arena.house(), SYSTEM, async (ctx) => {
      const { password: _, ...settings } = await readMail(ctx)
      await saveMail(ctx, { ...settings, perMinute: plan.perMinute })
    })
    await makeLeads(await arena.house(), plan.people)
    await turnUntilQuiet(await arena.house())
    const mail: Step = { kind: 'mail', id: 'm', name: '', template: await template(arena), purpose: 'marketing' }
    const [first, second] = [await publish(arena, 'first', tag('first')), await publish(arena, 'second', tag('second'))]
    const writing = await publish(arena, 'writing', mail, { late: { kind: 'skip', hours: TOO_LATE } })
    const whole = plan.people
    await fallDue(arena, [
      { scenario: first, every: 1, below: whole },
      { scenario: second, every: 2, below: whole },
      { scenario: writing, every: 1, below: plan.mails },
    ])
    const sum = (text: string, values: unknown[] = []) => count(arena, text, values)
    const runs = await sum('SELECT count(*)::int AS n FROM chaos_due')
    const { rows: timely } = await arena.pool.query<{ mail: string }>(
      `SELECT p.mail FROM chaos_due d JOIN person p ON p.id = d.person_id WHERE d.scenario_id = $1 AND d.due_at > now() - make_interval(hours => ${TOO_LATE})`,
      [writing],
    )
    await arena.product({ run: 'worker', env: toServer(sink.port) })
    const completed = () => sum("SELECT count(*)::int AS n FROM run WHERE how = 'completed'")
    await untilAll(completed, runs, { every: 250, what: 'everybody who was overdue to go on' })
    const sent = () => sum("SELECT count(*)::int AS n FROM delivery WHERE status = 'sent'")
    await untilAll(sent, timely.length, { every: 250, what: 'every mail to leave' })
    equal(await sum("SELECT count(*)::int AS n FROM run_step WHERE step = 'w'"), runs, 'waits left once')
    equal(await sum(BEHIND, [first]), 0, 'went on after somebody whose time came later')
    const both = await sum(BOTH, [first, second])
    ok(both > 100, 'people overdue in two scenarios')
    equal(await sum(CROSSED, [first, second]), 0, 'went on in the second scenario before the first that was due')
    const mailed = new Map<string, number>()
    for (const to of sink.taken.flatMap((one) => one.to)) mailed.set(to, (mailed.get(to) ?? 0) + 1)
    deepEqual([...mailed].sort(), timely.map((row) => [row.mail, 1]).sort(), 'whoever is not too late is written to once, and nobody else')
    ok(mailed.size > 0 && mailed.size < plan.mails, 'the late rule leaves out some, and not all')
    const most = await sum(MOST_AT_ONCE)
    // Two seconds' worth may leave at once, and what is on the wire was let go before.
    const allowed = (plan.perMinute / 60) * 12 + LANES
    ok(most <= allowed, `${most} mails within ten seconds, ${allowed} allowed`)
    return `${runs} overdue runs, ${both} people in two scenarios, all in due order; ${timely.length} mails, at most ${most} within 10 s at ${plan.perMinute}/min, ${plan.mails - timely.length} left out as late`
  } finally {
    await arena.close()
    await sink.close()
  }
}
