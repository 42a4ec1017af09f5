import type { Json } from '#kernel/json.ts'
import { cleanText } from '../normalise/decide.ts'
import type { FieldDefinition } from './contract.ts'

/** A value as its field's type stores it; null clears, undefined means it does not fit. Dates are `2026-04-08`, instants ISO 8601 in UTC. */
export function readValue(field: Pick<FieldDefinition, 'type' | 'options'>, value: Json): Json | undefined {
  if (value === null || value === '') return null
  return READERS[field.type](
    value,
    field.options.map((option) => option.value),
  )
}

type Reader = (value: Json, options: readonly string[]) => Json | undefined

const text: Reader = (value) => (typeof value === 'object' ? undefined : (cleanText(String(value), 2_000) ?? null))

const number: Reader = (value) => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  const plain = typeof value === 'string' ? value.normalize('NFKC').replace(/[,\s¥\\円]/g, '') : ''
  return /^-?\d{1,15}(\.\d{1,10})?$/.test(plain) ? Number(plain) : undefined
}

const date: Reader = (value) => {
  if (typeof value !== 'string') return undefined
  const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$/.exec(value.normalize('NFKC').trim())
  if (!parts) return undefined
  const [, year = '', month = '', day = ''] = parts
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const at = new Date(`${iso}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== iso ? undefined : iso
}

const datetime: Reader = (value) => {
  const at = typeof value === 'string' ? new Date(value) : null
  return at && !Number.isNaN(at.getTime()) && at.getUTCFullYear() > 0 && at.getUTCFullYear() < 10_000 ? at.toISOString() : undefined
}

const TRUE = new Set(['true', '1', 'yes', 'on', 'はい', '有', '○'])
const FALSE = new Set(['false', '0', 'no', 'off', 'いいえ', '無', '×'])
const boolean: Reader = (value) => {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'object' ? '' : String(value).trim().toLowerCase()
  return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined
}

const choice: Reader = (value, options) => (typeof value === 'string' && options.includes(value) ? value : undefined)

const multi: Reader = (value, options) => {
  const list: readonly Json[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(/[,、;]/).map((one) => one.trim())
      : []
  const known = list.filter((one): one is string => typeof one === 'string' && options.includes(one))
  return known.length === list.length ? [...new Set(known)] : undefined
}

const READERS: Readonly<Record<FieldDefinition['type'], Reader>> = { text, number, money: number, date, datetime, boolean, choice, multi }
