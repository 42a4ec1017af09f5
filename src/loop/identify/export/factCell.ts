import type { Fact, FactValue } from '../facts.ts'
import type { Cell } from './source.ts'

/** A fact's value in words: choices as people call them, lists joined by 、 as import reads them. */
export function factCell(fact: Pick<Fact, 'type' | 'options'>, value: FactValue | undefined, language: 'ja' | 'en'): Cell {
  const worded = (one: string): string => fact.options?.find((option) => option.value === one)?.[language] ?? one
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map(worded).join('、')
  if (value instanceof Date) return fact.type === 'date' ? value.toISOString().slice(0, 10) : value
  if (typeof value === 'boolean') return language === 'ja' ? (value ? 'はい' : 'いいえ') : value ? 'Yes' : 'No'
  return typeof value === 'string' ? worded(value) : (value as number)
}
