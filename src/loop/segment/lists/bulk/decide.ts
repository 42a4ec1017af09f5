// What a bulk act makes of one lead, and how it is taken back. Pure.
import { applyTold, type FieldChange, revert } from '#loop/identify/fields/decide.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import type { BulkAct } from './contract.ts'

/** Acts that change the row of the person; the others go through the room that knows how. */
export type RowAct = Exclude<BulkAct, { kind: 'stop' | 'trash' | 'campaign' | 'scenario' }>

const ROW_KINDS: ReadonlySet<BulkAct['kind']> = new Set(['field', 'attr', 'tags', 'interest', 'owner', 'status', 'priority'])
export const isRowAct = (act: BulkAct): act is RowAct => ROW_KINDS.has(act.kind)

const without = (list: readonly string[], gone: readonly string[]): string[] => list.filter((one) => !gone.includes(one))
const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])]

/** Acts that hold words somebody typed. */
const TYPED: ReadonlySet<BulkAct['kind']> = new Set(['field', 'attr', 'tags', 'interest'])

/** An act without what somebody typed: its kind and its field stay. Null when there is nothing to forget. */
export function emptied(act: BulkAct): BulkAct | null {
  if (!TYPED.has(act.kind)) return null
  return { ...act, ...EMPTY[act.kind as keyof typeof EMPTY] } as BulkAct
}

const EMPTY = {
  field: { value: '' },
  attr: { value: null },
  tags: { add: [], remove: [] },
  interest: { add: [], remove: [] },
} as const

/** The row after the act. Values of custom fields were made fit to store before. */
export function applyAct(row: PersonRow, act: RowAct, at: Date): PersonRow {
  switch (act.kind) {
    case 'field':
      return applyTold(row, { fields: { [act.field]: act.value }, at }).row
    case 'attr':
      return applyTold(row, { attrs: { [act.key]: act.value }, at }).row
    case 'tags':
      return { ...row, tags: union(without(row.tags, act.remove), act.add) }
    case 'interest':
      return { ...row, interest: union(without(row.interest, act.remove), act.add) }
    case 'owner':
      return { ...row, owner_id: act.ownerId }
    case 'status':
      return { ...row, status: act.status }
    case 'priority':
      return { ...row, priority: act.priority }
  }
}

const LISTS: ReadonlySet<string> = new Set(['tags', 'interest', 'products'])
const isList = (value: unknown): value is string[] => Array.isArray(value)
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/**
 * The row with an act's changes taken back, except where a value was changed again since. Of lists that were changed since, what the act
 * added goes and what it removed comes back; the rest stays.
 */
export function takeBack(row: PersonRow, changes: readonly FieldChange[]): PersonRow {
  const next = revert(row, changes)
  const lists = changes.flatMap(({ column, from, to }) => {
    const now = row[column as keyof PersonRow]
    if (!LISTS.has(column) || !isList(now) || !isList(from) || !isList(to) || same(now, to)) return []
    return [[column, union(without(now, without(to, from)), without(from, to))] as const]
  })
  return { ...next, ...Object.fromEntries(lists) }
}

/** Whether the row has again what was there before, for each of the changes. */
export function isTakenBack(row: PersonRow, changes: readonly FieldChange[]): boolean {
  return changes.every(({ column, field, from, to }) => {
    const now = column === 'attrs' ? row.attrs[field.slice('attrs.'.length)] : row[column as keyof PersonRow]
    if (LISTS.has(column) && isList(now) && isList(from) && isList(to))
      return without(to, from).every((one) => !now.includes(one)) && without(from, to).every((one) => now.includes(one))
    return same(now, from)
  })
}
