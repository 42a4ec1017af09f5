// What is known of a lead by BANT and CHAMP, for segments, scores, lists and scenarios.
import { type RawBuilder, sql } from 'kysely'
import type { Fact } from '#loop/identify/facts.ts'
import { selectFact } from '../fact.queries.ts'
import { ASKED, FRAMEWORKS, type Framework, STATUS_WORDS } from './asked/contract.ts'

const CHANGED = ['qualification.changed', 'lead.adopted', 'lead.released']

const known = (person: string, framework: Framework): RawBuilder<unknown> => {
  const p = sql.id(person)
  return sql`coalesce((SELECT (sum(CASE q.status WHEN 'unknown' THEN 0 WHEN 'partly' THEN 1 ELSE 2 END)::int * 25 + 1) / 2 FROM qualification q
    WHERE q.bucket = ${p}.bucket AND q.person_id = ${p}.id AND q.framework = ${framework}), 0)`
}

type Declared = Omit<Fact, 'load' | 'group' | 'after'> & { readonly sql: NonNullable<Fact['sql']> }

const declared: readonly Declared[] = [
  {
    // Of the framework that is further along, so that choosing another in the settings changes nobody's segments.
    name: 'qualify.completeness',
    type: 'number',
    words: { ja: '案件化の確認度（%）', en: 'Qualification known (%)' },
    sql: (person) => sql`greatest(${known(person, 'bant')}, ${known(person, 'champ')})`,
  },
  ...FRAMEWORKS.flatMap((framework) => [
    {
      name: `qualify.${framework}.completeness`,
      type: 'number' as const,
      words: { ja: `${framework.toUpperCase()}の確認度（%）`, en: `${framework.toUpperCase()} known (%)` },
      sql: (person: string) => known(person, framework),
    },
    ...ASKED[framework].map(({ field, ja, en }) => ({
      name: `qualify.${framework}.${field}`,
      type: 'choice' as const,
      words: { ja: `${framework.toUpperCase()}：${ja}`, en: `${framework.toUpperCase()}: ${en}` },
      options: STATUS_WORDS,
      sql: (person: string) => {
        const p = sql.id(person)
        return sql`coalesce((SELECT q.status FROM qualification q WHERE q.bucket = ${p}.bucket AND q.person_id = ${p}.id
          AND q.framework = ${framework} AND q.field = ${field}), 'unknown')`
      },
    })),
  ]),
]

export const facts: readonly Fact[] = declared.map((one) => ({
  ...one,
  group: 'sales',
  after: CHANGED,
  load: async (ctx, subjects) =>
    new Map(
      [...(await selectFact(ctx.db, subjects, one.sql('p')))].map(([id, value]) => [
        id,
        one.type === 'number' ? Number(value) : String(value),
      ]),
    ),
}))
