// Keeps the ledger: what events earn, which attributes hold, and the sums that follow.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { derivedId } from '#kernel/journal.ts'
import { allFacts, type Fact, loadFacts } from '#loop/identify/facts.ts'
import type { Value } from '../condition/decide.ts'
import {
  attributeRules,
  attributesOf,
  behaviourRules,
  earning,
  entryOf,
  givenEntries,
  limitedBy,
  mostOf,
  type ScoredEvent,
} from '../decide.ts'
import type { BehaviourRule } from '../rules/contract.ts'
import type { OpenVersion } from '../versions/service.ts'
import { countEntries, endEntries, insertEntries, loadAttributes, type OwnedEntry } from './queries.ts'
import { remakeAll, remakeRule } from './remake.queries.ts'

/** A person under a version. */
export interface Pair {
  readonly subject: Subject
  readonly of: OpenVersion
}

/** A person and the new events of theirs. */
export interface Fresh {
  readonly subject: Subject
  readonly events: readonly ScoredEvent[]
}

export const pairKey = (personId: string, of: { readonly model: string; readonly version: number }): string =>
  `${personId}/${of.model}/${of.version}`

/** Books what new events earn under each version. @returns the pairs whose ledger changed */
export async function bookEvents(ctx: Ctx, versions: readonly OpenVersion[], fresh: readonly Fresh[]): Promise<Pair[]> {
  const touched: Pair[] = []
  const adds: OwnedEntry[] = []
  const limited: (Pair & { rule: BehaviourRule; events: ScoredEvent[] })[] = []
  for (const of of versions) {
    const rules = behaviourRules(of.rules)
    for (const { subject, events } of fresh) {
      const before = adds.length + limited.length
      adds.push(...givenEntries(of.model, events).map((entry) => owned({ subject, of }, entry)))
      for (const rule of rules) {
        const earned = earning(rule, events)
        if (earned.length && mostOf(rule) === null) adds.push(...earned.map((event) => owned({ subject, of }, entryOf(rule, event))))
        else if (earned.length) limited.push({ subject, of, rule, events: earned })
      }
      if (adds.length + limited.length > before) touched.push({ subject, of })
    }
  }
  adds.push(...(await bookLimited(ctx, limited)))
  await insertEntries(ctx.db, adds)
  return touched
}

const owned = ({ subject, of }: Pair, entry: Omit<OwnedEntry, 'subject' | 'model' | 'version'>): OwnedEntry => ({
  ...entry,
  subject,
  model: of.model,
  version: of.version,
})

/** Rules that count only the first few: usually nothing more counts or the new events simply join; a late event makes the pair anew. */
async function bookLimited(ctx: Ctx, limited: readonly (Pair & { rule: BehaviourRule; events: ScoredEvent[] })[]): Promise<OwnedEntry[]> {
  const counts = await countEntries(
    ctx.db,
    limited.map(({ subject, of, rule }) => ({ subject, model: of.model, version: of.version, ruleId: rule.id })),
  )
  const have = new Map(counts.map((row) => [`${pairKey(row.personId, row)}/${row.ruleId}`, row]))
  const adds: OwnedEntry[] = []
  const remake = new Map<string, { of: OpenVersion; rule: BehaviourRule; subjects: Subject[] }>()
  for (const { subject, of, rule, events } of limited) {
    const found = have.get(`${pairKey(subject.id, of)}/${rule.id}`) ?? { n: 0, latest: null }
    const todo = limitedBy(mostOf(rule) ?? Number.POSITIVE_INFINITY, found, events)
    if (todo === 'nothing') continue
    if (todo === 'remake') groupOf(remake, `${of.model}/${of.version}/${rule.id}`, { of, rule }).subjects.push(subject)
    else adds.push(...todo.add.map((event) => owned({ subject, of }, entryOf(rule, event))))
  }
  for (const { of, rule, subjects } of remake.values()) await remakeRule(ctx.db, of, rule, distinctSubjects(subjects))
  return adds
}

function groupOf(
  groups: Map<string, { of: OpenVersion; rule: BehaviourRule; subjects: Subject[] }>,
  key: string,
  of: { of: OpenVersion; rule: BehaviourRule },
) {
  const found = groups.get(key) ?? { ...of, subjects: [] }
  groups.set(key, found)
  return found
}

/** Makes all behaviour lines anew from the journal: after an adoption, for a new version, and to prove that incremental equals full. */
export async function remake(ctx: Ctx, of: OpenVersion, subjects: readonly Subject[]): Promise<void> {
  if (subjects.length) await remakeAll(ctx.db, of, behaviourRules(of.rules), subjects)
}

/** The facts that score rules may ask: every one but the scores themselves, which would feed on their own points. */
export async function factsForScores(ctx: Ctx): Promise<Map<string, Fact>> {
  const all = await allFacts(ctx)
  return new Map(all.filter((fact) => !fact.name.startsWith('score.') && !fact.ofScores).map((fact) => [fact.name, fact]))
}

/** Looks at attribute rules again. @returns for each pair, when time alone changes one of them (ms or null), and whether lines changed */
export async function bookAttributes(
  ctx: Ctx,
  pairs: readonly Pair[],
  facts: ReadonlyMap<string, Fact>,
  zone: string,
): Promise<Map<string, { dueAt: Date | null; changed: boolean }>> {
  const done = new Map<string, { dueAt: Date | null; changed: boolean }>()
  if (!pairs.length) return done
  const values = await loadValues(ctx, pairs, facts)
  const lines = new Map<string, Map<string, string>>()
  for (const line of await loadAttributes(ctx.db, pairs.map(keyOf))) {
    const key = pairKey(line.personId, line)
    lines.set(key, (lines.get(key) ?? new Map()).set(line.ruleId, line.eventId))
  }
  const adds: OwnedEntry[] = []
  const ends: (ReturnType<typeof keyOf> & { ruleId: string; eventId: string })[] = []
  for (const pair of pairs) {
    const key = pairKey(pair.subject.id, pair.of)
    const have = lines.get(key) ?? new Map<string, string>()
    const mine = values.get(pair.subject.id) ?? new Map<string, Value>()
    const { holding, dueAt } = attributesOf(attributeRules(pair.of.rules), mine, ctx.now.getTime(), zone)
    const held = new Set(holding.map((rule) => rule.id))
    const before = adds.length + ends.length
    for (const rule of holding.filter((one) => !have.has(one.id)))
      adds.push(
        owned(pair, {
          ruleId: rule.id,
          eventId: derivedId(pair.subject.id, 'score', `attribute:${rule.id}`, ctx.now.getTime()),
          kind: 'attribute',
          delta: rule.points,
          at: ctx.now,
          expiresAt: null,
          because: { fact: rule.fact, value: shown(mine.get(rule.fact) ?? null) },
        }),
      )
    for (const [ruleId, eventId] of have) if (!held.has(ruleId)) ends.push({ ...keyOf(pair), ruleId, eventId })
    done.set(key, { dueAt: dueAt === null ? null : new Date(dueAt), changed: adds.length + ends.length > before })
  }
  await endEntries(ctx.db, ends, ctx.now)
  await insertEntries(ctx.db, adds)
  return done
}

const keyOf = ({ subject, of }: Pair) => ({ subject, model: of.model, version: of.version })

const shown = (value: Value): string | number | boolean | null | readonly string[] => (value instanceof Date ? value.toISOString() : value)

/** The values that the pairs' attribute rules ask for, by person and fact. */
async function loadValues(ctx: Ctx, pairs: readonly Pair[], facts: ReadonlyMap<string, Fact>): Promise<Map<string, Map<string, Value>>> {
  const wanted = new Map<Fact, Subject[]>()
  for (const { subject, of } of pairs)
    for (const rule of attributeRules(of.rules)) {
      const fact = facts.get(rule.fact)
      if (!fact) continue
      const list = wanted.get(fact) ?? []
      list.push(subject)
      wanted.set(fact, list)
    }
  const values = new Map<string, Map<string, Value>>()
  for (const [fact, found] of await loadFacts(ctx, wanted))
    for (const [id, value] of found) values.set(id, (values.get(id) ?? new Map()).set(fact.name, asDay(fact, value)))
  return values
}

/** Days are compared as texts `YYYY-MM-DD`. */
function asDay(fact: Fact, value: Value): Value {
  return fact.type === 'date' && value instanceof Date ? value.toISOString().slice(0, 10) : value
}
