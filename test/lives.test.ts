// What becomes of people who wait in a scenario while it is edited and they themselves are merged, parted, erased and let in again.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { DAY, MINUTE } from '#kernel/clock.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { undoAdoption } from '#loop/identify/adopt/service.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import * as duplicates from '#loop/identify/duplicates/service.ts'
import { identify } from '#loop/identify/service.ts'
import { type Entry, PLAIN, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { sweep } from '#loop/orchestrate/timers/sweep.ts'
import type { MoveAsk } from '#loop/orchestrate/versions/contract.ts'
import { movePage } from '#loop/orchestrate/versions/moves.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'
import { days, tag } from './journey.ts'
import { edited, type Figure, hit, model, unique } from './scenarioModel.ts'
import { property, seeded } from './world.ts'

let db: TestDatabase
let template = ''
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    updateCompany(ctx, {
      ...{ legalName: '株式会社見本', address: '東京都', contactEmail: 'info@mihon.example', senderEmail: 'news@mihon.example' },
    }),
  )
  const draft = { subject: 'x', preheader: '', blocks: [] } as unknown as Draft
  const compiled = await compileOrRefuse(draft)
  template = (await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))).id
})
afterAll(() => db.close())

const mail = (id: string): Step => ({ kind: 'mail', id, name: '', template, purpose: 'transactional' })
const turn = () => turnUntilQuiet(db.house)
const now = () => db.clock.now().getTime()
const rows = async <R>(text: string, values: unknown[]): Promise<R[]> => (await db.house.pool.query(text, values)).rows as R[]

async function people(n: number): Promise<Subject[]> {
  const consent = { basis: 'consent' as const, text: '同意します' }
  const acts = Array.from({ length: n }, () => unique('life')).map((name) => ({
    ...{ mail: `${name}@${name}.example.co.jp`, route: 'form' as const, at: db.clock.now(), consent },
  }))
  const named = await db.tx((ctx) => identify(ctx, acts))
  await turn()
  return named.map(({ subject }) => subject)
}

async function happens(who: readonly Subject[], name: string): Promise<void> {
  const events = [...who].sort(bySubject).map((subject) => ({ subject, id: eventId('test', unique('e')), name, props: {} }))
  await db.tx((ctx) =>
    append(
      ctx,
      events.map((event) => ({ ...event, occurredAt: ctx.now })),
    ),
  )
  await turn()
}

/** A run as the model knows it: whose it was, one after another, the last now. */
interface Life extends Figure {
  readonly owners: string[]
  readonly entered: number
  how: 'completed' | 'merged' | null
  over: number
  mails: NonNullable<Figure['mails']>
}

/** An adoption as the model knows it. */
interface Tie {
  readonly id: string
  readonly keep: Subject
  readonly lose: Subject
}

const ownerOf = (life: Life): string => life.owners.at(-1) ?? ''
const byAge = (a: Life, b: Life): number => a.entered - b.entered

/** Mails that wait and that the newer version does not know are not sent. */
function move(life: Life, before: readonly Step[], after: readonly Step[], ask: MoveAsk, to: number): void {
  const lost = stepsOf(before).filter((step) => !stepsOf(after).some((other) => other.id === step.id))
  for (const one of life.mails) if (one.state === 'queued' && lost.some((step) => step.id === one.step)) one.state = 'dropped'
  model.move(life, before, after, ask, to, now())
}

const SHOWN = { queued: 'queued', sent: 'sent', aside: 'cancelled', dropped: 'cancelled' } as const

/** What a naive reader would do with whole lives. */
const naive = {
  settle(lives: readonly Life[]): void {
    for (const life of lives) for (const one of life.mails) one.owners ??= [ownerOf(life)]
    for (const life of lives)
      if (life.ended && life.how === null) {
        life.how = 'completed'
        life.over = now()
      }
  },
  close(life: Life): void {
    Object.assign(life, { ended: true, how: 'merged', over: now() })
    for (const one of life.mails) if (one.state === 'queued') one.state = 'aside'
  },
  open(life: Life): void {
    Object.assign(life, { ended: false, how: null, over: 0 })
    for (const one of life.mails) if (one.state === 'aside') one.state = 'queued'
  },
  merge(lives: readonly Life[], keep: string, lose: string): void {
    for (const life of lives) {
      for (const one of life.mails) if (one.owners?.at(-1) === lose) one.owners.push(keep)
      if (ownerOf(life) === lose) life.owners.push(keep)
    }
    const active = lives.filter((life) => ownerOf(life) === keep && !life.ended).sort(byAge)
    active.slice(1).forEach(naive.close)
  },
  /** They part: each has their own again, mails that have left stay with whom they went to, and the oldest of those closed goes on where nothing else lived on in its stead. */
  part(lives: readonly Life[], keep: string, lose: string): void {
    for (const life of lives) {
      const goes = ownerOf(life) === keep && life.owners.at(-2) === lose
      if (goes) life.owners.pop()
      for (const one of life.mails) {
        if (one.owners?.at(-1) === keep && one.owners.at(-2) === lose) one.owners.pop()
        else if (goes && one.state !== 'sent') one.owners = [lose]
      }
    }
    for (const owner of [keep, lose]) {
      const own = lives.filter((life) => ownerOf(life) === owner)
      const closed = own.filter((life) => life.how === 'merged').sort(byAge)
      const lived = own.filter((life) => life.how !== 'merged')
      const next = closed.find((life) => lived.every((other) => other.ended && other.over < life.over))
      if (next) naive.open(next)
    }
  },
}

test('N5 over random edits, entries, merges, partings, erasures, events and days nobody is lost or doubled, every mail goes out once, and who is erased leaves nothing', async () => {
  const whole = async (seed: number): Promise<void> => {
    const draw = seeded(seed)
    const pick = (n: number) => Math.floor(draw() * n)
    const one = <T>(of: readonly T[]): T => of[pick(of.length)] as T
    const [begin, event] = [`custom.${unique('begin')}`, unique('hit')]
    const entry: Entry = draw() < 0.7 ? { kind: 'each' } : { kind: 'once' }
    const crowd = await people(4)
    const everybody = crowd.map(({ id }) => id)
    const [lives, ghosts, ties, published]: [Life[], Life[], Tie[], (readonly Step[])[]] = [[], [], [], []]
    const erased = new Set<string>()
    const active = () => lives.filter((life) => !life.ended)
    const stepsAt = (life: Life): readonly Step[] => published[life.version - 1] ?? []
    const stepAt = (life: Life) => stepsOf(stepsAt(life)).find((step) => step.id === life.at)

    const id = (await db.tx((ctx) => scenarios.create(ctx, { name: begin, starter: 'blank', language: 'ja' }, {}))).id
    const publish = async (steps: readonly Step[], moves: MoveAsk[]) => {
      const graph = {
        ...PLAIN,
        triggers: [{ kind: 'event' as const, id: 't', match: { event: begin, filters: [] } }],
        entry,
        steps: [...steps],
      }
      await db.tx(async (ctx) => {
        const { revision, name } = await scenarios.get(ctx, { id })
        const saved = await scenarios.save(ctx, { id, name, graph, revision })
        return scenarios.publish(ctx, { id, revision: saved.revision, ...(moves.length ? { moves } : {}) })
      })
      published.push(steps)
      while (await db.tx((ctx) => movePage(ctx, id, 2)));
      const [to, after] = [published.length, steps]
      for (const ask of moves)
        for (const life of active().filter((each) => each.version === ask.from)) move(life, published[ask.from - 1] ?? [], after, ask, to)
    }
    const pass = async (ms: number) => {
      db.clock.advance(ms)
      while (await sweep(db.house)) await turn()
      for (let due = active(); due.length; ) {
        due = active().filter((life) => life.due !== null && life.due <= now())
        for (const life of due) model.leave(life, stepsAt(life), stepAt(life)?.kind === 'await' ? 'timedOut' : 'next', now())
      }
      naive.settle(lives)
    }
    const acts = {
      enter: async () => {
        const who = one(crowd)
        await happens([who], begin)
        const own = lives.filter((life) => ownerOf(life) === who.id)
        if (own.some((life) => !life.ended) || (own.length && entry.kind === 'once')) return
        const fresh = { version: published.length, at: null, due: null, ended: false, passed: [], mails: [] }
        const life: Life = { ...fresh, owners: [who.id], entered: now(), how: null, over: 0 }
        lives.push(life)
        model.walk(life, [published.at(-1) ?? []], now())
      },
      days: () => pass((1 + pick(2)) * DAY),
      hit: async () => {
        const who = crowd.filter(() => draw() < 0.6)
        await happens(who, event)
        for (const life of active())
          if (who.some((each) => each.id === ownerOf(life)) && stepAt(life)?.kind === 'await')
            model.leave(life, stepsAt(life), 'happened', now())
      },
      edit: async () => {
        const next = edited(published.at(-1) ?? [], event, draw, (step) => (draw() < 0.5 ? mail(step) : tag(step)))
        if (!next.length || JSON.stringify(next) === JSON.stringify(published.at(-1))) return
        const asks = [...new Set(active().map(({ version }) => version))].filter(() => draw() < 0.5)
        await publish(
          next,
          asks.map((from) => ({ from, map: {}, waits: draw() < 0.5 ? 'keep' : 'restart' })),
        )
      },
      merge: async () => {
        const [keep, lose] = [one(crowd), one(crowd)]
        if (keep.id === lose.id) return
        const made = await db.tx((ctx) => duplicates.merge(ctx, { keep: keep.id, lose: lose.id, chosen: [] }))
        ties.push({ id: made.adoption ?? '', keep, lose })
        crowd.splice(crowd.indexOf(lose), 1)
        naive.merge([...lives, ...ghosts], keep.id, lose.id)
        await turn()
      },
      part: async () => {
        const open = ties.filter(({ keep }) => crowd.includes(keep))
        if (!open.length) return
        const tie = one(open)
        await db.tx((ctx) => undoAdoption(ctx, tie.id))
        ties.splice(ties.indexOf(tie), 1)
        crowd.push(tie.lose)
        naive.part([...lives, ...ghosts], tie.keep.id, tie.lose.id)
        await turn()
      },
      erase: async () => {
        if (crowd.length < 2) return
        const gone = one(crowd)
        await db.tx((ctx) => eraseLead(ctx, { id: gone.id }))
        crowd.splice(crowd.indexOf(gone), 1)
        for (const life of lives.filter((each) => ownerOf(each) === gone.id)) ghosts.push(...lives.splice(lives.indexOf(life), 1))
        erased.add(gone.id)
        await turn()
      },
      send: async () => {
        await sendDue(db.house)
        for (const each of lives.flatMap((life) => life.mails)) if (each.state === 'queued') each.state = 'sent'
        await turn()
      },
    }
    const often = { enter: 6, days: 3, hit: 3, edit: 3, merge: 3, part: 3, erase: 0.4, send: 2 }
    const bag = Object.entries(often).flatMap(([name, n]) => Array.from({ length: n * 10 }, () => name as keyof typeof acts))

    await publish(
      [days(unique('s'), 2), mail(unique('m')), hit(unique('s'), event, 2, [tag(unique('s'))], [mail(unique('m'))]), days(unique('s'), 1)],
      [],
    )
    for (let n = 0; n < 12; n++) {
      await pass(MINUTE)
      await acts[n < 2 ? 'enter' : one(bag)]()
      naive.settle(lives)
      const runs = await rows<{ person_id: string; version: number; step: string; due_at: Date | null; how: string | null }>(
        'SELECT person_id, version, step, due_at, how FROM run WHERE scenario_id = $1',
        [id],
      )
      expect(runs.map((r) => `${r.person_id} v${r.version} ${r.step} ${r.due_at?.getTime() ?? null} ${r.how}`).sort()).toEqual(
        lives.map((life) => `${ownerOf(life)} v${life.version} ${life.at} ${life.due} ${life.how}`).sort(),
      )
      const steps = await rows<{ line: string }>(
        "SELECT person_id || ' ' || step || '>' || way AS line FROM run_step WHERE scenario_id = $1",
        [id],
      )
      expect(steps.map(({ line }) => line).sort()).toEqual(
        lives.flatMap((life) => life.passed.map((line) => `${ownerOf(life)} ${line}`)).sort(),
      )
      const mails = await rows<{ line: string }>(
        `SELECT person_id || ' ' || split_part(split_part(what, '#', 1), ':', 3) || ' ' || status AS line FROM delivery WHERE person_id = ANY($1::uuid[]) AND what LIKE 'run:%'`,
        [everybody],
      )
      expect(mails.map(({ line }) => line).sort()).toEqual(
        [...lives, ...ghosts]
          .flatMap((life) => life.mails)
          .filter(({ owners }) => !erased.has(owners?.at(-1) ?? ''))
          .map(({ step, state, owners }) => `${owners?.at(-1)} ${step} ${SHOWN[state]}`)
          .sort(),
      )
    }
    await db.house.pool.query(
      "UPDATE run SET status = 'ended', how = 'stopped', due_at = NULL WHERE scenario_id = $1 AND status = 'active'",
      [id],
    )
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'stopped', endRuns: false }))
  }
  const runs = Number(process.env.TEST_RUNS ?? 15)
  await fc.assert(fc.asyncProperty(fc.integer(), whole), { ...property, numRuns: runs, endOnFailure: true })
}, 1_800_000)
