// A score with proof: its rules looked at on deals that were decided, by what was known before (M3).
import { companyProfile } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects } from '#kernel/db/buckets.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { holds, type Value } from '#loop/score/condition/decide.ts'
import { factsForScores } from '#loop/score/ledger/service.ts'
import { type AttributeRule, type ScoreRule, scoreRules } from '#loop/score/rules/contract.ts'
import { listModels, listVersions } from '#loop/score/versions/queries.ts'
import type { proofContract } from './contract.ts'
import { bandsOf, behind, type Case, isEnough, NEEDED, powerOf, rulesOf } from './decide.ts'
import * as queries from './queries.ts'
import { shareOf } from './statistics.ts'

type Api = typeof proofContract

/** The deals looked at: the newest ones, so that old habits of buying do not outweigh today's. */
const MOST_DEALS = 5_000

/** The rule sets of a score. */
async function rulesFor(ctx: Ctx, name: string): Promise<Record<'live' | 'draft', ScoreRule[] | null>> {
  if (!(await listModels(ctx.db)).some((model) => model.name === name))
    refuse('missing', 'score.unknown', { message: 'There is no score of this name.' })
  const versions = await listVersions(ctx.db, name)
  const rulesIn = (state: 'live' | 'draft'): ScoreRule[] | null => {
    const row = versions.find((version) => version.state === state)
    return row ? scoreRules.parse(row.rules) : null
  }
  return { live: rulesIn('live'), draft: rulesIn('draft') }
}

/** What the rules of a score are worth. Says `enough: false` and proposes nothing where too few deals were decided. */
export async function ofScore(ctx: Ctx, { name, of }: InputOf<Api['ofScore']>): Promise<OutputOf<Api['ofScore']>> {
  const { live, draft } = await rulesFor(ctx, name)
  const decided = await queries.listDecided(ctx.db, MOST_DEALS)
  const liveCases = live ? await casesOf(ctx, name, decided, live) : null
  const draftCases = draft ? await casesOf(ctx, name, decided, draft) : null
  const [shown, cases] = of === 'draft' ? [draft ?? [], draftCases ?? []] : [live ?? [], liveCases ?? []]
  const won = cases.filter((one) => one.won).length
  const times = decided.map((one) => one.decided_at.getTime())
  return {
    enough: isEnough(cases),
    needed: NEEDED,
    won,
    lost: cases.length - won,
    from: times.length ? new Date(Math.min(...times)).toISOString() : null,
    to: times.length ? new Date(Math.max(...times)).toISOString() : null,
    base: shareOf(won, cases.length),
    bands: isEnough(cases) ? bandsOf(cases) : [],
    rules: rulesOf(cases, shown),
    live: liveCases && powerOf(liveCases),
    draft: draftCases && powerOf(draftCases),
  }
}

const HELD = { yes: true, no: false, unknown: null } as const

/** The deals behind a number of the proof, the newest first. */
export async function deals(ctx: Ctx, input: InputOf<Api['deals']>): Promise<OutputOf<Api['deals']>> {
  const { name, of, cursor, limit } = input
  const rules = (await rulesFor(ctx, name))[of] ?? []
  const cases = await casesOf(ctx, name, await queries.listDecided(ctx.db, MOST_DEALS), rules)
  const after = decodeCursor(cursor)
  const all = behind(cases, { ...input, held: HELD[input.held] })
  const rest = after ? all.filter(({ at, deal }) => at < after.at || (at.getTime() === after.at.getTime() && deal < after.id)) : all
  const shown = rest.slice(0, limit)
  const names = await queries.listNames(
    ctx.db,
    shown.map((one) => one.deal),
  )
  const last = shown.at(-1)
  return {
    items: shown.map(({ deal, won, at, score }) => ({
      id: deal,
      name: names.get(deal)?.name ?? '',
      company: names.get(deal)?.company ?? null,
      won,
      at: at.toISOString(),
      score,
    })),
    next: last && rest.length > limit ? encodeCursor(last.at, last.deal) : null,
  }
}

/** Each decided deal under a rule set. A rule holds when it held for any of the deal's people; the score is the highest of theirs. */
async function casesOf(ctx: Ctx, model: string, people: readonly queries.Decided[], rules: readonly ScoreRule[]): Promise<Case[]> {
  const given = await queries.givenBefore(ctx.db, people, model)
  const facts = await factsForScores(ctx)
  const zone = (await companyProfile(ctx)).timeZone
  const earned = new Map<string, (number | null)[]>()
  for (const rule of rules)
    earned.set(
      rule.id,
      rule.kind === 'behaviour' ? await queries.countBefore(ctx.db, people, rule) : await heldBefore(ctx, people, rule, facts, zone),
    )
  const byDeal = Map.groupBy(
    people.map((one, i) => ({ one, i })),
    ({ one }) => one.deal_id,
  )
  return [...byDeal].map(([deal, group]) => {
    const times = (rule: ScoreRule, i: number) => earned.get(rule.id)?.[i] ?? null
    const scoreOf = (i: number) => rules.reduce((sum, rule) => sum + rule.points * (times(rule, i) ?? 0), given[i] ?? 0)
    return {
      deal,
      at: group[0]?.one.decided_at ?? new Date(0),
      won: group[0]?.one.won ?? false,
      held: new Map(rules.map((rule) => [rule.id, anyOf(group.map(({ i }) => times(rule, i)))])),
      score: Math.max(...group.map(({ i }) => scoreOf(i))),
    }
  })
}

/** Yes as soon as one is known to hold; unknown as long as one might. */
function anyOf(times: readonly (number | null)[]): boolean | null {
  if (times.some((n) => n !== null && n > 0)) return true
  return times.some((n) => n === null) ? null : false
}

/** Events after which a value is there for the first time: no change of it. */
const FIRST_TOLD: ReadonlySet<string> = new Set(['lead.created', 'lead.named', 'lead.trashed', 'lead.restored'])

/** Whether an attribute rule held at the outcome: today's value, where nothing changed it since; else unknown (null). */
async function heldBefore(
  ctx: Ctx,
  people: readonly queries.Decided[],
  rule: AttributeRule,
  facts: ReadonlyMap<string, Fact>,
  zone: string,
): Promise<(number | null)[]> {
  const fact = facts.get(rule.fact)
  if (!fact || !people.length) return people.map(() => 0)
  const after = fact.after.filter((event) => !FIRST_TOLD.has(event))
  const changed = await queries.changedSince(ctx.db, people, rule.fact, after)
  const values = await fact.load(ctx, distinctSubjects(people.map((one) => ({ bucket: one.bucket, id: one.person_id }))))
  return people.map((one, i) => {
    const value = (values.get(one.person_id) ?? null) as Value
    const day = fact.type === 'date' && value instanceof Date ? value.toISOString().slice(0, 10) : value
    return changed[i] ? null : Number(holds(rule.is, day, one.decided_at.getTime(), zone).isIn)
  })
}
