// What may be asked of one value and of one event: the words that score rules and segment rules share. Browser-safe.
import { z } from 'zod'

/** Types of values a condition can be asked of. `date` is a day `YYYY-MM-DD`, `time` an instant, `choices` a list. */
export const VALUE_TYPES = ['text', 'choice', 'choices', 'number', 'boolean', 'date', 'time'] as const
export type ValueType = (typeof VALUE_TYPES)[number]

/** The database keeps neither NUL nor half of a character. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()
const shortText = z.string().max(500).refine(isStorable, 'a character that cannot be stored')
const someText = z.string().min(1).max(500).refine(isStorable, 'a character that cannot be stored')
const someTexts = z.array(shortText).min(1).max(500)
const day = z.iso.date().refine((text) => text >= '0001-01-01', 'a day from the year 1 on')
const finite = z.number().min(-1e15).max(1e15)

/** A condition on a value. Windows are multiples of hours, a day is 24 hours, so that they lapse to the second. */
export const condition = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum(['eq', 'ne']), value: z.union([shortText, finite, z.boolean()]) }),
  z.strictObject({ op: z.enum(['contains', 'notContains', 'startsWith']), value: someText }),
  z.strictObject({ op: z.enum(['in', 'notIn']), values: someTexts }),
  z.strictObject({ op: z.enum(['empty', 'notEmpty']) }),
  z.strictObject({ op: z.enum(['gt', 'gte', 'lt', 'lte']), value: finite }),
  z.strictObject({ op: z.literal('between'), from: finite, to: finite }),
  z.strictObject({ op: z.enum(['before', 'onOrAfter']), day }),
  z.strictObject({
    op: z.enum(['withinLast', 'withinNext', 'olderThan', 'furtherThan']),
    n: z.number().int().min(1).max(87_600),
    unit: z.enum(['hours', 'days']),
  }),
])
export type Condition = z.output<typeof condition>
export type Op = Condition['op']

const texts: readonly Op[] = ['eq', 'ne', 'contains', 'notContains', 'startsWith', 'in', 'notIn', 'empty', 'notEmpty']
const times: readonly Op[] = ['withinLast', 'olderThan', 'withinNext', 'furtherThan', 'before', 'onOrAfter', 'empty', 'notEmpty']

/** The questions that make sense for a type, in the order in which an editor offers them. */
export const OPS: Readonly<Record<ValueType, readonly Op[]>> = {
  text: texts,
  choice: ['in', 'notIn', 'eq', 'ne', 'empty', 'notEmpty'],
  choices: ['in', 'notIn', 'eq', 'ne', 'empty', 'notEmpty'],
  number: ['gte', 'lte', 'gt', 'lt', 'eq', 'ne', 'between', 'empty', 'notEmpty'],
  boolean: ['eq', 'ne', 'empty', 'notEmpty'],
  date: times,
  time: times,
}

/** Why a condition cannot be asked of a type, or null when it can. */
export function misfit(type: ValueType, asked: Condition): string | null {
  if (!OPS[type].includes(asked.op)) return `“${asked.op}” cannot be asked of a ${type}`
  if (asked.op !== 'eq' && asked.op !== 'ne') return null
  const wanted = type === 'number' || type === 'boolean' ? type : 'string'
  const given = typeof asked.value
  return given === wanted ? null : `compares a ${type} with a ${given}`
}

/** A property of an event, or `pageGroup`. */
const propName = z.string().regex(/^[A-Za-z_$][\w$.-]{0,63}$/, 'the name of an event property')

/** A condition on one property of an event. Text is compared with text, numbers with numbers. */
export const eventFilter = z.discriminatedUnion('op', [
  z.strictObject({ prop: propName, op: z.enum(['eq', 'ne']), value: z.union([shortText, finite, z.boolean()]) }),
  z.strictObject({ prop: propName, op: z.enum(['contains', 'notContains', 'startsWith']), value: someText }),
  z.strictObject({ prop: propName, op: z.literal('in'), values: someTexts }),
  z.strictObject({ prop: propName, op: z.enum(['gte', 'lte']), value: finite }),
  z.strictObject({ prop: propName, op: z.literal('exists') }),
])
export type EventFilter = z.output<typeof eventFilter>

/** Which events are meant: a name and conditions that all hold. Events made by machines (`agent: machine`) never match. */
export const eventMatch = z.strictObject({
  event: z.string().regex(/^[\w.$ぁ-んァ-ヶ一-龠ー -]{1,120}$/u, 'the name of an event'),
  filters: z.array(eventFilter).max(4).default([]),
})
export type EventMatch = z.output<typeof eventMatch>
