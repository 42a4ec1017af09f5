// A house whose past is written by the test: leads, scenarios, mails that really go, and simulations over all of it.
import { update as updateCompany } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { DEFAULT_CAPS, type MailCaps } from '#loop/deliver/outbox/caps/contract.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make } from '#loop/deliver/template/service.ts'
import { identify } from '#loop/identify/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import { sweepCalls } from '#loop/orchestrate/perform/calls/sweep.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import * as simulations from '#loop/orchestrate/simulate/service.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import type { TestDatabase } from './database.ts'

type Started = Parameters<typeof simulations.start>[1]

export const viewed = { event: 'page.viewed', filters: [] }
export const tag = (id: string): Step => ({ kind: 'tag', id, name: '', tag: id, remove: false })
export const pause = (id: string, amount: number, unit: 'minutes' | 'days' = 'days'): Step => ({
  kind: 'wait',
  id,
  name: '',
  until: { kind: 'for', amount, unit, businessHours: false },
})
export const branch = (key: string, steps: Step[], weight = 0) => ({ key, name: '', weight, steps })
export const on = (event: string) => ({ kind: 'event' as const, id: 't', match: { event, filters: [] } })
export const graphOf = (event: string, steps: Step[], more: Partial<Graph> = {}): Graph => ({
  ...PLAIN,
  triggers: [on(event)],
  entry: { kind: 'each' },
  steps,
  ...more,
})

/** Makes a house ready. */
export async function openPast(db: TestDatabase) {
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
      senderName: '見本ニュース',
    }),
  )
  const draft: Draft = {
    subject: 'ご案内',
    preheader: '',
    blocks: [{ id: 'b', kind: 'button', label: '料金', href: 'https://www.mihon.example/p', align: 'center', color: '#4f63d8' }],
  }
  const compiled = await compile(draft)
  const template = (await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))).id
  let serial = 0
  const unique = (prefix: string): string => `${prefix}${++serial}`
  const mailOf = new Map<string, string>()
  const mail = (id: string): Step => ({ kind: 'mail', id, name: '', template, purpose: 'marketing' })

  /** Leads with consent, of `companies` companies. */
  async function someLeads(n: number, companies = 1): Promise<Subject[]> {
    const mails = Array.from({ length: n }, () => `${unique('sim')}@example.co.jp`)
    const outcomes = await db.tx((ctx) =>
      identify(
        ctx,
        mails.map((address, i) => ({
          mail: address,
          fields: { companyName: `株式会社サンプル${i % companies}` },
          at: ctx.now,
          route: 'form' as const,
          consent: { basis: 'consent' as const, text: '同意します' },
        })),
      ),
    )
    await turnUntilQuiet(db.house)
    for (const [i, { subject }] of outcomes.entries()) mailOf.set(subject.id, mails[i] ?? '')
    return outcomes.map((one) => one.subject)
  }

  /** An event of these people, now. */
  const happens = (who: readonly Subject[], name: string, props = {}) =>
    db.tx((ctx) =>
      append(
        ctx,
        who.map((subject) => ({ subject, id: eventId('test', unique('e')), name, occurredAt: ctx.now, props })),
      ),
    )

  /** A scenario with a draft; published when asked. */
  async function scenario(graph: Graph, isLive = false): Promise<string> {
    const name = unique('scenario')
    return db.tx(async (ctx) => {
      const made = await scenarios.create(ctx, { name, starter: 'blank', language: 'ja' }, {})
      const saved = await scenarios.save(ctx, { id: made.id, name, graph, revision: made.revision })
      if (isLive) await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
      return made.id
    })
  }

  async function publishAgain(id: string, graph: Graph): Promise<void> {
    await db.tx(async (ctx) => {
      const now = await scenarios.get(ctx, { id })
      const saved = await scenarios.save(ctx, { id, name: now.name, graph, revision: now.revision })
      await scenarios.publish(ctx, { id, revision: saved.revision })
    })
  }

  const ask = (scenarioId: string, more: Partial<Started> = {}): Started => ({
    scenario: scenarioId,
    which: { kind: 'draft' },
    other: null,
    months: 3,
    assumption: 'none',
    ...more,
  })

  /** As a user does it: started, worked off by the job, read. */
  async function simulated(input: Started) {
    const { id } = await db.tx((ctx) => simulations.start(ctx, input))
    await db.drain()
    const done = await db.read((ctx) => simulations.get(ctx, { id }))
    if (!done.result) throw new Error(`no result: ${done.state} ${done.failure}`)
    const [part] = done.result.parts
    if (!part) throw new Error('no part')
    return { ...done, id, result: done.result, part }
  }

  /** Everything that could leave, leaves. */
  async function settleAll(): Promise<void> {
    await turnUntilQuiet(db.house)
    await turnTimers(db.house)
    await turnUntilQuiet(db.house)
    await sweepCalls(db.house)
    await sendDue(db.house)
    await turnUntilQuiet(db.house)
  }

  /** A mail of another scenario that really goes out now. */
  async function otherMail(who: Subject): Promise<void> {
    const event = unique('other')
    await scenario(graphOf(event, [mail('o')]), true)
    await happens([who], event)
    await settleAll()
  }

  return {
    db,
    unique,
    mailOf,
    mail,
    someLeads,
    happens,
    scenario,
    publishAgain,
    ask,
    simulated,
    settleAll,
    otherMail,
    at: (iso: string): void => db.clock.set(`${iso}:00+09:00`),
    setCaps: (caps: Partial<MailCaps>) => db.tx((ctx) => saveCaps(ctx, { ...DEFAULT_CAPS, ...caps })),
    rows: async <R>(text: string, values: unknown[] = []): Promise<R[]> => (await db.house.pool.query(text, values)).rows as R[],
  }
}

export type Past = Awaited<ReturnType<typeof openPast>>
