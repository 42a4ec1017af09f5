// What may be said of a lead when one is added or changed. Browser-safe.
import { z } from 'zod'

const short = z.string().max(500)
/** A name that is not ours is refused: left out silently, what stands under it would be lost without a word. */
const nothingElse = (hint: string) => ({
  error: (issue: { code?: string }) => (issue.code === 'unrecognized_keys' ? hint : undefined),
})
const fields = z
  .strictObject(
    {
      familyName: short,
      givenName: short,
      familyKana: short,
      givenKana: short,
      companyName: short,
      department: short,
      title: short,
      roleLevel: short,
      phone: short,
      prefecture: short,
      industry: short,
      employeeBand: short,
      website: short,
      contactMail: short,
      postalCode: short,
      city: short,
      address: short,
      building: short,
      industryGroup: short,
      salutation: short,
      budget: short,
      products: z.string().max(5_000),
    },
    nothingElse(
      'この名前の項目はありません。独自の項目は attrs に入れてください / There is no field of this name. Fields of your own belong into `attrs`.',
    ),
  )
  .partial()

export const given = {
  mail: z.string().max(300).optional(),
  fields: fields.optional(),
  attrs: z.record(z.string().max(60), z.json()).optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(50).optional(),
  priority: z.enum(['high', 'middle', 'low']).nullable().optional(),
}

export const IN_FIELDS = nothingElse(
  'この名前の項目はありません。氏名や会社などは fields に、独自の項目は attrs に入れてください / There is no field of this name here. Names, company and the like belong into `fields`, fields of your own into `attrs`.',
)
