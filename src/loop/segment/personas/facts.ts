// Which persona a lead is like: blocks, branches and segments ask it.
import type { Ctx } from '#kernel/ctx.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { listPersonas, personaOf, personasOf } from './queries.ts'

export const PERSONA = 'persona'

/** One fact, the first persona by order whose rule the lead meets. Its rules may ask scores, so scores may not ask it. */
export async function personaFacts(ctx: Ctx): Promise<Fact[]> {
  return [
    {
      name: PERSONA,
      type: 'choice',
      words: { ja: 'ペルソナ', en: 'Persona' },
      group: 'basic',
      options: (await listPersonas(ctx.db)).map(({ id, name }) => ({ value: id, ja: name, en: name })),
      sql: personaOf,
      load: (inner, subjects) => personasOf(inner.db, subjects),
      after: ['segment.entered', 'segment.left', 'lead.adopted', 'lead.released'],
      ofScores: true,
    },
  ]
}
