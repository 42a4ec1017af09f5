import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import type { FieldDefinitionTable } from '../tables.ts'
import { personColumns } from './columns.ts'
import type { FieldDefinition } from './contract.ts'
import { insertField, selectFields, updateField } from './queries.ts'
import { readValue } from './values.ts'

type FieldType = FieldDefinition['type']

const standard: readonly FieldDefinition[] = [
  { key: 'mail', type: 'text', ja: 'メールアドレス', en: 'Mail', class: 'basic', options: [], custom: false },
  { key: 'phone', type: 'text', ja: '電話番号', en: 'Phone', class: 'basic', options: [], custom: false },
  ...personColumns.map(
    (column): FieldDefinition => ({
      key: column.field,
      type: column.options ? 'choice' : 'text',
      ja: column.ja,
      en: column.en,
      class: column.class,
      options: [...(column.options ?? [])],
      custom: false,
    }),
  ),
]

const fieldOf = (row: FieldDefinitionTable): FieldDefinition => ({
  key: row.key,
  type: row.type as FieldType,
  ja: row.ja,
  en: row.en,
  class: row.class,
  options: row.options as unknown as FieldDefinition['options'],
  custom: true,
})

/** Every field of a person: the standard ones, then the custom ones in their order. */
export async function listFields(ctx: Ctx): Promise<{ items: FieldDefinition[] }> {
  return { items: [...standard, ...(await customFields(ctx))] }
}

/** The custom fields in their order. */
export async function customFields(ctx: Ctx): Promise<FieldDefinition[]> {
  return (await selectFields(ctx.db)).map(fieldOf)
}

/** Defines a custom field. @throws Refusal `field.taken` when the key is in use */
export async function createField(ctx: Ctx, input: Omit<FieldDefinition, 'custom'>): Promise<FieldDefinition> {
  const count = (await selectFields(ctx.db)).length
  const taken = standard.some((field) => field.key === input.key)
  const row = {
    key: input.key,
    type: input.type,
    ja: input.ja,
    en: input.en,
    class: input.class,
    options: input.options,
    position: count,
    created_at: ctx.now,
    archived_at: null,
  }
  if (taken || !(await insertField(ctx.db, row)))
    refuse('conflict', 'field.taken', { message: 'このキーはすでに使われています / This key is taken.', field: 'key' })
  return { ...input, custom: true }
}

/** Changes what a field is called; its type stays, since values are stored by it. */
export async function changeField(
  ctx: Ctx,
  input: Pick<FieldDefinition, 'key' | 'ja' | 'en' | 'class' | 'options'>,
): Promise<FieldDefinition> {
  const found = await updateField(ctx.db, input.key, { ja: input.ja, en: input.en, class: input.class, options: input.options })
  const field = found ? (await customFields(ctx)).find((one) => one.key === input.key) : undefined
  if (!field) refuse('missing', 'field.unknown', { message: '項目が見つかりません / There is no such field.' })
  return field
}

/** Hides a field from forms, lists and rules; values stay with the people. */
export async function archiveField(ctx: Ctx, input: { key: string }): Promise<{ ok: true }> {
  if (!(await updateField(ctx.db, input.key, { archived_at: ctx.now })))
    refuse('missing', 'field.unknown', { message: '項目が見つかりません / There is no such field.' })
  return { ok: true }
}

/** Values of custom fields made fit to store, by their types; a null clears, unknown keys and values that do not fit are left out. */
export function fitAttrs(fields: readonly FieldDefinition[], given: JsonObject): JsonObject {
  const known = new Map(fields.map((field) => [field.key, field]))
  const read: Record<string, Json> = {}
  for (const [key, value] of Object.entries(given)) {
    const field = known.get(key)
    const fit = field && readValue(field, value)
    if (fit !== undefined) read[key] = fit
  }
  return read
}

/** The same, but a value that does not fit is refused (field `attrs.<key>`) when `strict`. */
export async function readAttrs(ctx: Ctx, given: JsonObject, strict: boolean): Promise<JsonObject> {
  const fields = await customFields(ctx)
  const read = fitAttrs(fields, given)
  const bad = strict ? fields.find((field) => field.key in given && !(field.key in read)) : undefined
  if (bad)
    refuse('unprocessable', 'field.value', {
      message: `${bad.ja}の値を確認してください / Check the value of ${bad.en}.`,
      field: `attrs.${bad.key}`,
    })
  return read
}
