import type { FactType } from '#loop/identify/facts.ts'
import type { ValueType } from '#loop/score/condition/contract.ts'

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
