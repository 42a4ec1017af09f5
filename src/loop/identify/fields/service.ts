import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import type { Choice } from '../vocabulary.ts'
import { personColumns } from './columns.ts'
import { companyColumns } from './companyColumns.ts'
import type { Entity, FieldDefinition } from './contract.ts'
import { productOptions } from './products.ts'
import {
  type FieldName,
  type FieldRow,
  findHolder,
  hasValues,
  insertField,
  lockField,
  lockValue,
  selectFields,
  updateField,
} from './queries.ts'
import { readValue } from './values.ts'

const PLAIN = { required: false, unique: false, helpJa: '', helpEn: '', unit: 1, byHand: false, archived: false } as const

const apart = (key: string, type: FieldDefinition['type'], ja: string, en: string): FieldDefinition => ({
  ...PLAIN,
  entity: 'lead',
  key,
  type,
  ja,
  en,
  class: 'basic',
  options: [],
  custom: false,
})

const optionsOf = (list: readonly Choice[] = []): FieldDefinition['options'] => list.map(({ value, ja, en }) => ({ value, ja, en }))

const ofLeads: readonly FieldDefinition[] = [
  apart('mail', 'mail', 'メールアドレス', 'Mail'),
  apart('phone', 'phone', '電話番号', 'Phone'),
  ...personColumns.map(
    (column): FieldDefinition => ({
      ...apart(column.field, column.type, column.ja, column.en),
      class: column.class,
      options: optionsOf(column.options),
    }),
  ),
]

const standard: Readonly<Record<Entity, readonly FieldDefinition[]>> = {
  lead: ofLeads,
  company: companyColumns.map((one) => ({
    ...apart(one.field, one.type, one.ja, one.en),
    entity: 'company',
    options: optionsOf(one.options),
  })),
}

const fieldOf = (row: FieldRow): FieldDefinition => ({
  entity: row.entity,
  key: row.key,
  type: row.type as FieldDefinition['type'],
  ja: row.ja,
  en: row.en,
  class: row.class,
  options: row.options as unknown as FieldDefinition['options'],
  custom: true,
  required: row.required,
  unique: row.unique_value,
  helpJa: row.help_ja,
  helpEn: row.help_en,
  unit: row.unit as FieldDefinition['unit'],
  byHand: row.by_hand,
  archived: row.archived_at !== null,
})

/** Every field of a lead, or of a company: the standard ones, then the custom ones in their order. */
export async function listFields(
  ctx: Ctx,
  { entity = 'lead', archived = false }: { entity?: Entity | undefined; archived?: boolean | undefined } = {},
): Promise<{ items: FieldDefinition[] }> {
  const options = entity === 'lead' ? await productOptions(ctx) : []
  const own = standard[entity].map((field) => (field.key === 'products' ? { ...field, options } : field))
  return { items: [...own, ...(await selectFields(ctx.db, entity, archived)).map(fieldOf)] }
}

/** The custom fields in their order. */
export async function customFields(ctx: Ctx, entity: Entity = 'lead'): Promise<FieldDefinition[]> {
  return (await selectFields(ctx.db, entity)).map(fieldOf)
}

type Named = { readonly entity?: Entity | undefined; readonly key: string }
const nameOf = ({ entity = 'lead', key }: Named): FieldName => ({ entity, key })
type Words = Named & Pick<FieldDefinition, 'ja' | 'en' | 'class' | 'options'>
type Traits = { [K in 'required' | 'unique' | 'helpJa' | 'helpEn' | 'unit' | 'byHand']?: FieldDefinition[K] | undefined }

const traitsOf = (input: Traits, before: Traits = PLAIN) => ({
  required: input.required ?? before.required ?? false,
  unique_value: input.unique ?? before.unique ?? false,
  help_ja: input.helpJa ?? before.helpJa ?? '',
  help_en: input.helpEn ?? before.helpEn ?? '',
  unit: input.unit ?? before.unit ?? 1,
  by_hand: input.byHand ?? before.byHand ?? false,
})

type Defining = Words & Traits & Pick<FieldDefinition, 'type'>

/** Defines a custom field. @throws Refusal `field.taken` when the key is in use */
export async function createField(ctx: Ctx, input: Defining): Promise<FieldDefinition> {
  const row = await define(ctx, input)
  if (!row) refuse('conflict', 'field.taken', { message: 'このキーはすでに使われています / This key is taken.', field: 'key' })
  return fieldOf(row)
}

/** Defines a custom field that nobody defined yet; whoever does so just now is waited for, and theirs stays as it is. */
export async function ensureField(ctx: Ctx, input: Defining): Promise<void> {
  await define(ctx, input)
}

async function define(ctx: Ctx, input: Defining): Promise<FieldRow | null> {
  const { entity, key } = nameOf(input)
  const row: FieldRow = {
    entity,
    key,
    type: input.type,
    ja: input.ja,
    en: input.en,
    class: input.class,
    options: input.options as unknown as Json,
    position: (await selectFields(ctx.db, entity, true)).length,
    created_at: ctx.now,
    archived_at: null,
    ...traitsOf(input),
  }
  const taken = standard[entity].some((field) => field.key === key)
  return !taken && (await insertField(ctx.db, row)) ? row : null
}

/**
 * Changes a field. Options left out stay as archived ones: people may have their values. Its type changes only while nobody has a value.
 * @throws Refusal `field.typeFixed`, `field.unknown`
 */
export async function changeField(
  ctx: Ctx,
  input: Words & Traits & { type?: FieldDefinition['type'] | undefined },
): Promise<FieldDefinition> {
  const name = nameOf(input)
  const row = await lockField(ctx.db, name)
  if (!row) refuse('missing', 'field.unknown', { message: '項目が見つかりません / There is no such field.' })
  const before = fieldOf(row)
  const type = input.type ?? before.type
  if (type !== before.type && (await hasValues(ctx.db, name)))
    refuse('conflict', 'field.typeFixed', {
      message:
        'この項目にはすでに値があるため、種類は変えられません。新しい項目を作って値を移し（CSVで出力して取り込み）、この項目をアーカイブしてください / There are values of this field, so its type stays. Make a new field, move the values (export, then import) and archive this one.',
      field: 'type',
    })
  const kept = before.options.filter((old) => !input.options.some((one) => one.value === old.value))
  const options = [...input.options, ...kept.map((one) => ({ ...one, archived: true }))]
  await updateField(ctx.db, name, {
    type,
    ja: input.ja,
    en: input.en,
    class: input.class,
    options: options as unknown as Json,
    ...traitsOf(input, before),
  })
  return { ...before, ...input, ...name, type, options, ...known(input, before) }
}

const known = (input: Traits, before: FieldDefinition) => ({
  required: input.required ?? before.required,
  unique: input.unique ?? before.unique,
  helpJa: input.helpJa ?? before.helpJa,
  helpEn: input.helpEn ?? before.helpEn,
  unit: input.unit ?? before.unit,
  byHand: input.byHand ?? before.byHand,
})

/** Where a field stands among the others. */
export async function placeField(ctx: Ctx, field: Named, position: number): Promise<void> {
  await updateField(ctx.db, nameOf(field), { position })
}

/** Hides a field from forms, lists and rules; values stay. */
export async function archiveField(ctx: Ctx, input: Named): Promise<{ ok: true }> {
  return mark(ctx, input, ctx.now)
}

/** Brings an archived field back. */
export async function restoreField(ctx: Ctx, input: Named): Promise<{ ok: true }> {
  return mark(ctx, input, null)
}

async function mark(ctx: Ctx, field: Named, at: Date | null): Promise<{ ok: true }> {
  if (!(await updateField(ctx.db, nameOf(field), { archived_at: at })))
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
export async function readAttrs(ctx: Ctx, given: JsonObject, strict: boolean, entity: Entity = 'lead'): Promise<JsonObject> {
  const fields = await customFields(ctx, entity)
  const read = fitAttrs(fields, given)
  const bad = strict ? fields.find((field) => field.key in given && !(field.key in read)) : undefined
  if (bad)
    refuse('unprocessable', 'field.value', {
      message: `${bad.ja}の値を確認してください / Check the value of ${bad.en}.`,
      field: `attrs.${bad.key}`,
    })
  return read
}

/** Whose values these will be, and what they had before. */
export interface Writing {
  /** The lead or company written to; null when a new one is made. */
  readonly id: string | null
  readonly before: JsonObject
  readonly entity?: Entity
}

/**
 * Values that a colleague typed: typed, and by the field's own rules. Only fields that changed are looked at.
 * @throws Refusal `field.value`, `field.required`, `field.readonly` (a behaviour field that rules set), `field.held` (unique, and somebody has it)
 */
export async function readTyped(ctx: Ctx, given: JsonObject, writing: Writing): Promise<JsonObject> {
  const read = await readAttrs(ctx, given, true, writing.entity)
  const say = (field: FieldDefinition, code: string, ja: string, en: string): never =>
    refuse('unprocessable', code, { message: `${field.ja}${ja} / ${field.en}${en}`, field: `attrs.${field.key}` })
  for (const field of await customFields(ctx, writing.entity)) {
    const value = read[field.key]
    const empty = value === null || (value === undefined && (writing.before[field.key] ?? null) === null)
    if (field.required && empty && (writing.id === null || field.key in read)) say(field, 'field.required', 'は必須です', ' is required.')
    if (value === undefined || JSON.stringify(value) === JSON.stringify(writing.before[field.key] ?? null)) continue
    if (field.class === 'behaviour' && !field.byHand && ctx.actor.kind !== 'key')
      say(field, 'field.readonly', 'はルールで設定される項目です', ' is set by rules, not by hand.')
    if (field.unique && value !== null) {
      await lockValue(ctx.db, field, value)
      if (await findHolder(ctx.db, field, value, writing.id))
        say(
          field,
          'field.held',
          field.entity === 'lead' ? 'は別のリードが使っている値です' : 'は別の会社が使っている値です',
          ` has a value that another ${field.entity} has.`,
        )
    }
  }
  return read
}

/** Values of unique fields that somebody else has are left out: for forms and files, where one value must not turn a lead away. */
export async function dropHeld(ctx: Ctx, attrs: readonly JsonObject[], entity: Entity = 'lead'): Promise<JsonObject[]> {
  const unique = (await customFields(ctx, entity)).filter((field) => field.unique)
  const wanted = unique.flatMap((field) =>
    attrs.flatMap((one) =>
      one[field.key] === undefined || one[field.key] === null ? [] : [{ key: field.key, value: one[field.key] as Json }],
    ),
  )
  const told = (one: { key: string; value: Json }): string => JSON.stringify([one.key, one.value])
  const held = new Set<string>()
  const taken = new Set<string>()
  for (const one of [...wanted].sort((a, b) => (told(a) < told(b) ? -1 : 1))) {
    const name = told(one)
    if (held.has(name)) continue
    await lockValue(ctx.db, { entity, key: one.key }, one.value)
    if (await findHolder(ctx.db, { entity, key: one.key }, one.value, null)) held.add(name)
  }
  return attrs.map((one) =>
    Object.fromEntries(
      Object.entries(one).filter(([key, value]) => {
        if (value === null || value === undefined || !unique.some((field) => field.key === key)) return true
        const name = told({ key, value })
        if (held.has(name) || taken.has(name)) return false
        taken.add(name)
        return true
      }),
    ),
  )
}
