import { addDays, instantAt } from '#kernel/calendar.ts'
import type { Fact, FactType } from '#loop/identify/facts.ts'
import type { ValueType } from '#loop/score/condition/contract.ts'
import { askedIn } from '../rules/contract.ts'

const TYPES: Readonly<Record<FactType, ValueType>> = {
  text: 'text',
  number: 'number',
  money: 'number',
  date: 'date',
  datetime: 'time',
  boolean: 'boolean',
  choice: 'choice',
  multi: 'choices',
}

/** How conditions see a fact's type. */
export const valueTypeOf = (type: FactType): ValueType => TYPES[type]

/** The last instant (ms) of a day where the company is. */
export const endOf = (day: string, zone: string): number => instantAt(zone, addDays(day, 1), '00:00').getTime() - 1

/**
 * The fact that a rule asks, by `askedOf`. Asked of a day that has not ended it is looked at now.
 * @returns undefined where there is none, or where its past is not kept
 */
export function factOf(
  facts: ReadonlyMap<string, Fact>,
  asked: string,
  at: { readonly now: number; readonly zone: string },
): Fact | undefined {
  const { fact, on } = askedIn(asked)
  const found = facts.get(fact)
  if (!on || !found?.asOf) return on ? undefined : found
  const { type, words, group, options, after, asOf } = found
  return { name: asked, type, words, group, ...(options && { options }), after, ...asOf(new Date(Math.min(endOf(on, at.zone), at.now))) }
}
