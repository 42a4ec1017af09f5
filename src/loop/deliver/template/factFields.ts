// Declared facts as merge fields: `{{ fact.sales_deal_stage }}`. What a mail does not speak of is not read.
import { companyProfile } from '#access/company/service.ts'
import { localTime } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { allFacts, type Fact, type FactValue, loadFacts as loadValues } from '#loop/identify/facts.ts'
import { factField } from './contract.ts'

type FactLanguage = 'ja' | 'en'
/** Person id → what its facts say, by their keys. */
export type FactsOf = ReadonlyMap<string, Readonly<Record<string, string>>>

const SPOKEN = /\bfact\.([A-Za-z][A-Za-z0-9_]*)/g

/** Keys of the facts that some Liquid speaks of. */
export function spokenIn(...sources: readonly string[]): string[] {
  const found = new Set<string>()
  for (const source of sources) for (const [, key = ''] of source.matchAll(SPOKEN)) found.add(key)
  return [...found]
}

const known = new Map<string, readonly string[]>()
const MOST_KNOWN = 500

/** The same of a version; looked through once, for a version never changes. */
export function factsSpokenIn(version: {
  readonly id: string
  readonly subject: string
  readonly html: string
  readonly body_text: string
}): readonly string[] {
  const before = known.get(version.id)
  if (before) return before
  if (known.size >= MOST_KNOWN) known.clear()
  const found = spokenIn(version.subject, version.html, version.body_text)
  known.set(version.id, found)
  return found
}

/** A fact's key: the merge field without `fact.` before it. */
const keyOf = ({ name }: Fact): string => factField(name).slice('fact.'.length)
const factsOf = async (ctx: Ctx, keys: readonly string[]): Promise<Fact[]> =>
  (await allFacts(ctx)).filter((fact) => keys.includes(keyOf(fact)))

const NOBODY: FactsOf = new Map()

/**
 * What is known of some people now, in words of the mail's language: a fixed number of reads, however many people there are.
 * Whatever no room declares any more says nothing.
 */
export async function loadFacts(ctx: Ctx, keys: readonly string[], subjects: readonly Subject[], language: FactLanguage): Promise<FactsOf> {
  if (!keys.length || !subjects.length) return NOBODY
  const facts = await factsOf(ctx, keys)
  const zone = (await companyProfile(ctx)).timeZone
  const said = new Map<string, Record<string, string>>()
  for (const [fact, values] of await loadValues(ctx, new Map(facts.map((one) => [one, subjects]))))
    for (const [id, value] of values) {
      const one = said.get(id) ?? {}
      said.set(id, one)
      one[keyOf(fact)] = worded(fact, value, language, zone)
    }
  return said
}

/** For the made-up lead of previews: each fact says what it is. */
export async function sampleFacts(ctx: Ctx, keys: readonly string[], language: FactLanguage): Promise<Readonly<Record<string, string>>> {
  if (!keys.length) return {}
  return Object.fromEntries((await factsOf(ctx, keys)).map((fact) => [keyOf(fact), `（${fact.words[language]}）`]))
}

const YES = { ja: ['はい', 'いいえ'], en: ['yes', 'no'] } as const

/** A value as a letter says it; what is not known is empty, so that the fallback stands there. */
function worded(fact: Fact, value: FactValue, language: FactLanguage, zone: string): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return YES[language][value ? 0 : 1]
  if (value instanceof Date) return instantWord(fact.type === 'date' ? 'UTC' : zone, value, fact.type === 'date', language)
  if (typeof value === 'number') {
    const digits = value.toLocaleString('en', { maximumFractionDigits: 2 })
    if (fact.type !== 'money') return digits
    return language === 'ja' ? `${digits}円` : `JPY ${digits}`
  }
  const named = (one: string) => fact.options?.find((option) => option.value === one)?.[language] ?? one
  return typeof value === 'string' ? named(value) : value.map(named).join(language === 'ja' ? '、' : ', ')
}

function instantWord(zone: string, at: Date, isDay: boolean, language: FactLanguage): string {
  const { day, time } = localTime(zone, at)
  const [year = '', month = '', date = ''] = day.split('-')
  const plain = language === 'ja' ? `${Number(year)}年${Number(month)}月${Number(date)}日` : day
  return isDay ? plain : `${plain} ${time.slice(0, 5)}`
}
