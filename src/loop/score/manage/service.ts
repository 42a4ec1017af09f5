// Scores as users handle them: drafts, publication, comparison, and "why".
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { resolveSubject } from '#loop/identify/service.ts'
import { misfit, type ValueType } from '../condition/contract.ts'
import type { LedgerLine, ScoreModel, scoresContract } from '../contract.ts'
import { fillPage, fillScore } from '../fill/jobs.ts'
import { loadScores, type ScoreRow } from '../ledger/queries.ts'
import { factsForScores } from '../ledger/service.ts'
import { countHeat, type LineRow, listCompared, listLines } from '../queries.ts'
import { GIVEN_POINTS, type ScoreRule, scoreRules, scoreSettings } from '../rules/contract.ts'
import { addPoints as give } from '../service.ts'
import { moveStamp } from '../versions/life.queries.ts'
import * as versions from '../versions/queries.ts'
import { openOf } from '../versions/service.ts'

type Api = typeof scoresContract
type In<K extends keyof Api> = InputOf<Api[K]>
type Out<K extends keyof Api> = OutputOf<Api[K]>

const byWhom = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : ctx.actor.kind)

/** All scores with their rules in force and drafts. */
export async function list(ctx: Ctx): Promise<{ items: ScoreModel[] }> {
  const models = await versions.listModels(ctx.db)
  const { leads, warm: counted } = await countHeat(ctx.db)
  const items: ScoreModel[] = []
  for (const model of models) {
    const rows = await versions.listVersions(ctx.db, model.name)
    const people = (of: string) => counted.find((row) => row.model === model.name && row.heat === of)?.n ?? 0
    const [hot, warm] = [people('hot'), people('warm')]
    const live = ruleSetOf(rows.find((row) => row.state === 'live'))
    const filling = rows.find((row) => row.state === 'filling')
    items.push({
      name: model.name,
      label: model.label,
      live,
      draft: ruleSetOf(rows.find((row) => row.state === 'draft')),
      revision: newestOf(rows)?.revision ?? null,
      filling: filling ? { version: filling.version, progress: filling.filled_buckets / 256 } : null,
      people: { hot, warm, cold: live ? leads - hot - warm : 0 },
    })
  }
  return { items }
}

/** The rules a change begins from. */
const newestOf = (rows: readonly versions.VersionRow[]): versions.VersionRow | undefined =>
  rows.find((row) => row.state === 'draft') ?? rows.find((row) => row.state === 'filling') ?? rows.find((row) => row.state === 'live')

/** Holds the rules of a score. @throws Refusal conflict when they are not those that whoever acts has seen */
async function demandSame(ctx: Ctx, name: string, basedOn: string | null | undefined): Promise<void> {
  if (!(await versions.lockModel(ctx.db, name))) await one(ctx, name)
  if (basedOn === undefined) return
  const newest = newestOf(await versions.listVersions(ctx.db, name))
  if ((newest?.revision ?? null) === basedOn) return
  const by = newest?.made_by ?? ''
  refuse('conflict', 'score.changed', { message: `The rules were changed${by && ` by ${by}`} meanwhile. Look at them before you go on.` })
}

function ruleSetOf(row: versions.VersionRow | undefined): ScoreModel['live'] {
  if (!row) return null
  return {
    version: row.version,
    revision: row.revision,
    rules: scoreRules.parse(row.rules),
    settings: scoreSettings.parse(row.settings),
    madeAt: row.made_at.toISOString(),
    madeBy: row.made_by,
    liveAt: row.live_at?.toISOString() ?? null,
  }
}

async function one(ctx: Ctx, name: string): Promise<ScoreModel> {
  return (
    (await list(ctx)).items.find((model) => model.name === name) ??
    refuse('missing', 'score.unknown', { message: 'There is no score of this name.' })
  )
}

/** A further named score, for example one per product. */
export async function add(ctx: Ctx, { name, label }: In<'add'>): Promise<ScoreModel> {
  if (!(await versions.insertModel(ctx.db, name, label)))
    refuse('conflict', 'score.name', { message: 'There is a score of this name already.', field: 'name' })
  return one(ctx, name)
}

export async function rename(ctx: Ctx, { name, label }: In<'rename'>): Promise<ScoreModel> {
  await versions.renameModel(ctx.db, name, label)
  return one(ctx, name)
}

/**
 * Saves the draft.
 * @throws Refusal when a rule asks something that its field cannot answer, or somebody saved since `basedOn`
 */
export async function saveDraft(ctx: Ctx, { name, rules, settings, basedOn }: In<'saveDraft'>): Promise<ScoreModel> {
  await demandSame(ctx, name, basedOn)
  const errors = faultsOf(rules, await factsForScores(ctx))
  if (errors.length) refuse('invalid', 'score.rule', { message: 'Some rules cannot be asked.', errors })
  await versions.saveDraft(ctx.db, { model: name, rules, settings, revision: ctx.id(), at: ctx.now, by: byWhom(ctx) })
  await announce(ctx, 'scores', { model: name })
  return one(ctx, name)
}

function faultsOf(rules: readonly ScoreRule[], facts: ReadonlyMap<string, Fact>): { field: string; reason: string }[] {
  return rules.flatMap((rule, i) => {
    if (rule.kind === 'behaviour') return []
    const fact = facts.get(rule.fact)
    const why = fact ? misfit(valueTypeOf(fact), rule.is) : `“${rule.fact}” is not a field that is known.`
    return why ? [{ field: `rules.${i}.is`, reason: why }] : []
  })
}

const TYPES: Readonly<Record<Fact['type'], ValueType>> = {
  text: 'text',
  number: 'number',
  money: 'number',
  date: 'date',
  datetime: 'time',
  boolean: 'boolean',
  choice: 'choice',
  multi: 'choices',
}
const valueTypeOf = (fact: Fact): ValueType => TYPES[fact.type]

export async function dropDraft(ctx: Ctx, { name, basedOn }: In<'dropDraft'>): Promise<ScoreModel> {
  await demandSame(ctx, name, basedOn)
  await versions.dropDraft(ctx.db, name)
  await announce(ctx, 'scores', { model: name })
  return one(ctx, name)
}

/** Publishes the draft: a job scores everybody by it, then one transaction makes it the rules in force. */
export async function publish(ctx: Ctx, { name, startsScenarios, basedOn }: In<'publish'>): Promise<ScoreModel> {
  await demandSame(ctx, name, basedOn)
  const draft = (await one(ctx, name)).draft ?? refuse('conflict', 'score.draft', { message: 'There is no draft to publish.' })
  await moveStamp(ctx.db, versions.SCORES)
  await versions.startFilling(ctx.db, { model: name, version: draft.version, at: ctx.now, startsScenarios })
  await ctx.house.jobs.enqueue(ctx, fillScore, { model: name, version: draft.version })
  return one(ctx, name)
}

/** What the draft would make of some leads: it is computed for real, then undone. */
export async function compare(ctx: Ctx, { name }: In<'compare'>): Promise<Out<'compare'>> {
  const row = (await versions.listVersions(ctx.db, name)).find((version) => version.state === 'draft')
  if (!row) refuse('conflict', 'score.draft', { message: 'There is no draft to compare.' })
  const leads = await listCompared(ctx.db, name, 30)
  const people: Subject[] = leads.map(({ bucket, id }) => ({ bucket, id })).sort(bySubject)
  if (!people.length) return { items: [] }
  await fillPage(ctx, { ...openOf(row), isLive: false }, people)
  const after = new Map(
    (await loadScores(ctx.db, people))
      .filter((score) => score.model === name && score.version === row.version)
      .map((score) => [score.subject.id, score]),
  )
  await versions.forgetScores(ctx.db, name, row.version, people)
  return {
    items: leads.map((lead) => ({
      person: lead.id,
      name: lead.name,
      company: lead.company,
      before: lead.total,
      after: after.get(lead.id)?.total ?? 0,
      heatBefore: lead.heat,
      heatAfter: after.get(lead.id)?.heat ?? 'cold',
    })),
  }
}

async function demandPerson(ctx: Ctx, id: string): Promise<Subject> {
  return (await resolveSubject(ctx, id)) ?? refuse('missing', 'person.unknown', { message: 'This person does not exist (any more).' })
}

const MOST_LINES = 300

/** The ledger behind a score. */
export async function why(ctx: Ctx, input: In<'why'>): Promise<Out<'why'>> {
  const subject = await demandPerson(ctx, input.person)
  const live = (await one(ctx, input.name)).live
  const score = (await loadScores(ctx.db, [subject])).find((row) => row.model === input.name && row.version === live?.version)
  const lines = live ? await listLines(ctx.db, subject, input.name, live.version, ctx.now, MOST_LINES + 1) : []
  const rules = new Map(live?.rules.map((rule) => [rule.id, rule]))
  return {
    columns: columnsOf(score),
    heat: score?.heat ?? 'cold',
    heatSince: score?.heatSince.toISOString() ?? null,
    rank: score?.rank ?? null,
    rankLabel: live?.settings.ranks.find((band) => band.name === score?.rank)?.label || null,
    decayed: score?.decayedAt ? decayedNow(score, live?.settings.halfLifeDays ?? 1, ctx.now) : null,
    halfLifeDays: live?.settings.halfLifeDays ?? null,
    nextChangeAt: score?.nextChangeAt?.toISOString() ?? null,
    recentDays: live?.settings.recentDays ?? 30,
    lines: lines.slice(0, MOST_LINES).map((row) => lineOf(row, rules.get(row.rule_id), ctx.now)),
    isWhole: lines.length <= MOST_LINES,
  }
}

/** What is left of a half-life score, to a tenth of a point. */
function decayedNow(score: ScoreRow, halfLifeDays: number, now: Date): number {
  const age = Math.max(0, now.getTime() - (score.decayedAt ?? now).getTime())
  return Math.round(score.decayed * 0.5 ** (age / (halfLifeDays * DAY)) * 10) / 10
}

function lineOf(row: LineRow, rule: ScoreRule | undefined, now: Date): LedgerLine {
  const value = row.because?.['value'] ?? null
  const reason = row.because?.['reason']
  return {
    ruleId: row.rule_id,
    label: row.rule_id === GIVEN_POINTS && typeof reason === 'string' ? reason : (rule?.label ?? ''),
    kind: row.kind,
    points: row.delta,
    at: row.at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    counts: row.ended_at === null && (row.expires_at === null || row.expires_at > now),
    event: row.event === null ? null : { name: row.event, title: row.title },
    value: Array.isArray(value) ? value.map(String) : typeof value === 'object' ? null : value,
    fact: rule?.kind === 'attribute' ? rule.fact : null,
  }
}

const columnsOf = (row: ScoreRow | undefined) => ({
  attribute_plus: row?.attributePlus ?? 0,
  attribute_minus: row?.attributeMinus ?? 0,
  behaviour_plus: row?.behaviourPlus ?? 0,
  behaviour_minus: row?.behaviourMinus ?? 0,
  total: row?.total ?? 0,
  recent: row?.recent ?? 0,
})

/** All scores of a person. */
export async function ofPerson(ctx: Ctx, input: In<'ofPerson'>): Promise<Out<'ofPerson'>> {
  const subject = await demandPerson(ctx, input.person)
  const rows = await loadScores(ctx.db, [subject])
  const models = await versions.listModels(ctx.db)
  return {
    items: models
      .filter((model) => model.live_version !== null)
      .map((model) => {
        const row = rows.find((score) => score.model === model.name && score.version === model.live_version)
        return {
          name: model.name,
          label: model.label,
          columns: columnsOf(row),
          heat: row?.heat ?? 'cold',
          heatSince: row?.heatSince.toISOString() ?? null,
        }
      }),
  }
}

/** Points by hand. */
export async function addPoints(ctx: Ctx, input: In<'addPoints'>): Promise<{ ok: true }> {
  const subject = await demandPerson(ctx, input.person)
  await one(ctx, input.name)
  await give(ctx, [{ subject, model: input.name, points: input.points, reason: input.reason, causeId: ctx.id() }])
  return { ok: true }
}

/** The facts that score rules can ask. */
export async function vocabulary(ctx: Ctx): Promise<Out<'vocabulary'>> {
  const facts = [...(await factsForScores(ctx)).values()]
  return {
    facts: facts.map((fact) => ({
      name: fact.name,
      type: valueTypeOf(fact),
      group: fact.group,
      ja: fact.words.ja,
      en: fact.words.en,
      options: (fact.options ?? []).map((option) => ({ ...option })),
    })),
  }
}
