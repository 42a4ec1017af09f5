import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import type { Json } from '#kernel/json.ts'
import { basisWord, isSendable, stopWord } from './decide.ts'
import { personColumns } from './fields/columns.ts'
import type { FieldDefinition } from './fields/contract.ts'
import { productOptions } from './fields/products.ts'
import { customFields } from './fields/service.ts'
import type { Among, Beside, Ranked } from './leads/ranking.ts'
import { selectOfPeople } from './queries.ts'
import type { PersonRow } from './tables.ts'
import { bases, priorities, regionOf, regions, statuses, stops } from './vocabulary.ts'

export type FactType = 'text' | 'number' | 'money' | 'date' | 'datetime' | 'boolean' | 'choice' | 'multi'
/** What a fact's value may be: dates are Date, multi is a list of option values, null and absent mean "nothing known". */
export type FactValue = string | number | boolean | Date | readonly string[] | null
export interface Words {
  readonly ja: string
  readonly en: string
}
export interface FactOption extends Words {
  readonly value: string
}

type Column = keyof PersonRow & string

/** Something typed that a room keeps true about a person, for segments, scores, merge fields and list columns. */
export interface Fact {
  /** Unique, dotted by room: `mail`, `owner`, `attrs.budget`, `score.total`, `sales.stage`. */
  readonly name: string
  readonly type: FactType
  readonly words: Words
  /** Heading in pickers: basic, secondary, behaviour, consent, score, sales … */
  readonly group: string
  readonly options?: readonly FactOption[]
  /** An expression usable in WHERE and ORDER BY, correlated to the person row under the given alias (columns `bucket`, `id`). */
  readonly sql: (person: string) => RawBuilder<unknown>
  /** The values for N people in one set-based read. */
  readonly load: (ctx: Ctx, subjects: readonly Subject[]) => Promise<Map<string, FactValue>>
  /** Facts that stand in the person's row: the same as `load`, of a row that is read already, and what of it must be read. */
  readonly ofRow?: { readonly columns: readonly Column[]; readonly read: (row: PersonRow) => FactValue }
  /** Event names after which the value may differ. */
  readonly after: readonly string[]
  /** The same as `sql = ANY(values)`, said so that an index answers it; null where that would not help (the value of those without a row). */
  readonly find?: (person: string, values: readonly string[]) => RawBuilder<unknown> | null
  /** The same as `sql >= from` by an index, and by a set that is read once; null when those without a row are meant too. */
  readonly findFrom?: (person: string, from: number) => RawBuilder<unknown> | null
  readonly amongFrom?: (person: string, from: number) => Among | null
  /** Lists sort by it through an index. */
  readonly ranked?: Ranked
  readonly beside?: Beside
  /** Facts that keep their past: the same, as it was at an instant; null of those who were no leads yet. */
  readonly asOf?: (at: Date) => Pick<Fact, 'sql' | 'load' | 'find'>
  /** The next instant the value changes by time alone. */
  readonly nextChange?: (value: FactValue, now: Date) => Date | null
  /** Computed from scores: score rules may not ask it, for it would feed on their own points. */
  readonly ofScores?: true
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** The facts every room declares, listed by server/wire; custom fields are added by `allFacts`. */
    readonly facts: readonly Fact[]
    /** Facts that users make by making something else (one per campaign): read anew each time. */
    readonly moreFacts?: readonly ((ctx: Ctx) => Promise<readonly Fact[]>)[]
  }
}

const CHANGED = ['lead.created', 'lead.named', 'lead.adopted', 'lead.released', 'lead.trashed', 'lead.restored', 'field.changed'] as const

/** A fact that is a column of the person. */
function columnFact(
  name: string,
  column: Column,
  type: FactType,
  words: Words,
  group: string,
  options?: readonly FactOption[],
  after: readonly string[] = CHANGED,
): Fact {
  return {
    name,
    type,
    words,
    group,
    ...(options ? { options } : {}),
    sql: (person) => sql`${sql.id(person, column)}`,
    ...inRow([column], (row) => row[column] as FactValue),
    after,
  }
}

/** The same value out of a row that is read already, and read for itself: of a row of forty columns only those it is made of. */
function inRow<C extends Column>(columns: readonly C[], read: (row: Pick<PersonRow, C>) => FactValue): Pick<Fact, 'load' | 'ofRow'> {
  return {
    load: async (ctx, subjects) =>
      new Map([...(await selectOfPeople(ctx.db, subjects, columns))].map(([id, row]) => [id, read(row)] as const)),
    ofRow: { columns, read },
  }
}

/** A fact computed from the row, in SQL and in JS alike. */
function rowFact<C extends Column>(
  name: string,
  type: FactType,
  words: Words,
  group: string,
  fragment: Fact['sql'],
  columns: readonly C[],
  read: (row: Pick<PersonRow, C>) => FactValue,
  options?: readonly FactOption[],
  after: readonly string[] = CHANGED,
): Fact {
  return {
    name,
    type,
    words,
    group,
    ...(options ? { options } : {}),
    sql: fragment,
    ...inRow(columns, read),
    after,
  }
}

/** The region of the prefecture, by the very table that `regionOf` reads. */
function regionSql(person: string): RawBuilder<unknown> {
  const cases = regions.map(
    (one) => sql`WHEN ${sql.id(person, 'prefecture')} = ANY(${[...one.prefectures]}::text[]) THEN ${one.value}::text`,
  )
  return sql`(CASE ${sql.join(cases, sql` `)} END)`
}

/** 3 high, 2 middle, 1 low, 0 none: the order of a list by priority, which an index of the same expression serves. */
export const prioritySql = (person: string): RawBuilder<unknown> =>
  sql`(CASE ${sql.id(person, 'priority')} WHEN 'high' THEN 3 WHEN 'middle' THEN 2 WHEN 'low' THEN 1 ELSE 0 END)`

const CONSENT = [...CHANGED, 'consent.given', 'consent.withdrawn', 'mail.bounced', 'mail.complained', 'mail.unsubscribed']

/** Facts of this room that need no definition: person fields, sources, consent, owner, dates. */
export const facts: readonly Fact[] = [
  columnFact('mail', 'mail', 'text', { ja: 'メールアドレス', en: 'Mail' }, 'basic'),
  columnFact('phone', 'phone_typed', 'text', { ja: '電話番号', en: 'Phone' }, 'basic'),
  ...personColumns.map((column) =>
    columnFact(
      column.field,
      column.column as Column,
      factType(column.type),
      { ja: column.ja, en: column.en },
      column.class,
      column.options,
    ),
  ),
  rowFact(
    'region',
    'choice',
    { ja: '地域', en: 'Region' },
    'basic',
    regionSql,
    ['prefecture'],
    (row) => regionOf(row.prefecture),
    regions.map(({ value, ja, en }) => ({ value, ja, en })),
  ),
  columnFact('sourceFirst', 'source_first', 'text', { ja: '最初の流入元', en: 'First source' }, 'secondary'),
  columnFact('sourceLatest', 'source_latest', 'text', { ja: '最新の流入元', en: 'Latest source' }, 'secondary'),
  columnFact('priority', 'priority', 'choice', { ja: '優先度', en: 'Priority' }, 'secondary', priorities),
  columnFact('interest', 'interest', 'multi', { ja: '関心カテゴリ', en: 'Interest' }, 'secondary'),
  columnFact('tags', 'tags', 'multi', { ja: 'タグ', en: 'Tags' }, 'secondary'),
  columnFact('status', 'status', 'choice', { ja: '状態', en: 'Status' }, 'basic', statuses),
  columnFact('owner', 'owner_id', 'choice', { ja: '担当者', en: 'Owner' }, 'basic', undefined, [...CHANGED, 'owner.assigned']),
  columnFact('identifiedAt', 'identified_at', 'datetime', { ja: 'リードになった日時', en: 'Became a lead at' }, 'basic'),
  rowFact(
    'isLead',
    'boolean',
    { ja: 'リードである', en: 'Is a lead' },
    'basic',
    (person) => sql`(${sql.id(person, 'identified_at')} IS NOT NULL)`,
    ['identified_at'],
    (row) => row.identified_at !== null,
  ),
  rowFact(
    'mailBasis',
    'choice',
    { ja: '配信の根拠', en: 'Basis for mail' },
    'consent',
    (person) => sql`(ARRAY['none','published','relation','card','consent'])[${sql.id(person, 'mail_basis')} + 1]`,
    ['mail_basis'],
    (row) => basisWord(row.mail_basis),
    bases,
    CONSENT,
  ),
  rowFact(
    'mailStop',
    'choice',
    { ja: '配信停止', en: 'Mail stop' },
    'consent',
    (person) => sql`(ARRAY['none','unsubscribe','manual','hard_bounce','complaint'])[${sql.id(person, 'mail_stop')} + 1]`,
    ['mail_stop'],
    (row) => stopWord(row.mail_stop),
    stops,
    CONSENT,
  ),
  rowFact(
    'sendable',
    'boolean',
    { ja: 'メール配信できる', en: 'Mail may be sent' },
    'consent',
    (person) => sql`(${sql.id(person, 'mail')} IS NOT NULL AND ${sql.id(person, 'mail_stop')} = 0 AND ${sql.id(person, 'mail_basis')} > 0)`,
    ['mail', 'mail_stop', 'mail_basis'],
    isSendable,
    undefined,
    CONSENT,
  ),
]

/** Long texts, addresses of all sorts and phones are texts to rules. */
export function factType(type: FieldDefinition['type']): FactType {
  return type === 'longText' || type === 'url' || type === 'mail' || type === 'phone' ? 'text' : type
}

/** How a custom field's value is read out of `attrs` of a person, or of a company, by SQL; the JS side reads the same JSON. */
export function attrSql(key: string, type: FactType): Fact['sql'] {
  return (person) => {
    const attrs = sql.id(person, 'attrs')
    if (type === 'number' || type === 'money') return sql`(${attrs} ->> ${key}::text)::numeric`
    if (type === 'boolean') return sql`(${attrs} ->> ${key}::text)::boolean`
    if (type === 'date') return sql`(${attrs} ->> ${key}::text)::date`
    if (type === 'datetime') return sql`(${attrs} ->> ${key}::text)::timestamptz`
    if (type === 'multi')
      return sql`ARRAY(SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(${attrs} -> ${key}::text) = 'array' THEN ${attrs} -> ${key}::text ELSE '[]'::jsonb END))`
    return sql`(${attrs} ->> ${key}::text)`
  }
}

/** The value of a custom field as rules and files take it. */
export function attrValue(value: Json | undefined, type: FactType): FactValue {
  if (value === undefined || value === null) return type === 'multi' ? [] : null
  if (type === 'date') return new Date(`${String(value)}T00:00:00Z`)
  if (type === 'datetime') return new Date(String(value))
  if (type === 'multi') return Array.isArray(value) ? value.map(String) : []
  return typeof value === 'object' ? JSON.stringify(value) : value
}

/** The fact of a custom field: `attrs.<key>`. */
function customFact(field: FieldDefinition): Fact {
  const { key } = field
  const type = factType(field.type)
  return rowFact(
    `attrs.${key}`,
    type,
    { ja: field.ja, en: field.en },
    field.class,
    attrSql(key, type),
    ['attrs'],
    (row) => attrValue(row.attrs[key], type),
    field.options.length ? field.options : undefined,
  )
}

/** Some columns of the rows of people, as somebody read them already. */
export interface ReadRows {
  readonly columns: ReadonlySet<string>
  readonly rows: ReadonlyMap<string, Partial<PersonRow>>
}

/** The values of several facts, each for its people: whatever stands in their rows is read once, if nobody has read it by now. */
export async function loadFacts(
  ctx: Ctx,
  asked: ReadonlyMap<Fact, readonly Subject[]>,
  known?: ReadRows,
): Promise<Map<Fact, Map<string, FactValue>>> {
  const isKnown = ({ ofRow }: Fact): boolean => Boolean(known && ofRow?.columns.every((one) => known.columns.has(one)))
  const ofRows = [...asked].filter(([fact]) => fact.ofRow && !isKnown(fact))
  const columns = [...new Set(ofRows.flatMap(([fact]) => fact.ofRow?.columns ?? []))].sort()
  const people = ofRows.length > 1 ? distinctSubjects(ofRows.flatMap(([, subjects]) => subjects)) : []
  const rows = people.length ? await selectOfPeople(ctx.db, people, columns) : null
  const found = new Map<Fact, Map<string, FactValue>>()
  for (const [fact, subjects] of asked) {
    const { ofRow } = fact
    const read = isKnown(fact) ? known?.rows : rows
    const values = new Map<string, FactValue>()
    if (read && ofRow)
      for (const { id } of subjects) {
        const row = read.get(id)
        if (row) values.set(id, ofRow.read(row as PersonRow))
      }
    found.set(fact, read && ofRow ? values : await fact.load(ctx, distinctSubjects(subjects)))
  }
  return found
}

/** Every fact there is now: declared ones, those of things that users made, and the custom fields that they defined. */
export async function allFacts(ctx: Ctx): Promise<readonly Fact[]> {
  const products = await productOptions(ctx)
  const declared = ctx.house.ports.facts.map((fact) => (fact.name === 'products' ? { ...fact, options: products } : fact))
  const more: Fact[] = []
  for (const read of ctx.house.ports.moreFacts ?? []) more.push(...(await read(ctx)))
  return [...declared, ...more, ...(await customFields(ctx)).map(customFact)]
}
