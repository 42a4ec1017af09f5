// Which fields a screen shows, in which sections and order. Pure but for reading and writing the setting.
import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { type FieldLayout, fieldLayout, type Screen, type ScreenLayout, screenLayout } from './contract.ts'

const KEY = 'identify.layout'
const WORDS = {
  basic: { ja: '基本情報', en: 'Basic' },
  secondary: { ja: '関心・検討状況', en: 'Interest' },
  behaviour: { ja: '行動', en: 'Behaviour' },
  address: { ja: '住所', en: 'Address' },
  columns: { ja: '一覧の列', en: 'Columns of the list' },
  place: { ja: '所在地', en: 'Location' },
} as const

const PERSON = ['familyName', 'givenName', 'familyKana', 'givenKana', 'salutation', 'companyName', 'department', 'title', 'roleLevel']
const REACH = ['mail', 'phone', 'contactMail', 'website']
const ADDRESS = ['postalCode', 'prefecture', 'city', 'address', 'building']
const FIRM = ['industry', 'industryGroup', 'employeeBand']
const COMPANY = [
  'kana',
  'englishName',
  'aliases',
  'corporateNumber',
  'website',
  'domains',
  'industry',
  'employeeBand',
  'fiscalMonth',
  'owner',
  'tags',
]
const INTEREST = ['priority', 'products', 'budget', 'tags']

/** How screens look before anybody arranges them. */
export const DEFAULT_LAYOUT: FieldLayout = {
  lead: {
    sections: [
      { id: 'basic', ...WORDS.basic, fields: [...PERSON, ...REACH, ...FIRM] },
      { id: 'address', ...WORDS.address, fields: ADDRESS },
      { id: 'secondary', ...WORDS.secondary, fields: INTEREST },
      { id: 'behaviour', ...WORDS.behaviour, fields: [] },
    ],
    hidden: [],
  },
  add: {
    sections: [
      { id: 'basic', ...WORDS.basic, fields: [...PERSON, 'mail', 'phone', ...FIRM] },
      { id: 'address', ...WORDS.address, fields: ADDRESS },
      { id: 'secondary', ...WORDS.secondary, fields: INTEREST },
    ],
    hidden: ['salutation', 'roleLevel', 'industryGroup', 'contactMail', 'website'],
  },
  list: {
    sections: [
      { id: 'columns', ...WORDS.columns, fields: ['companyName', 'mail', 'phone', 'prefecture', 'industry', 'title', 'priority'] },
    ],
    hidden: [],
  },
  company: {
    sections: [
      { id: 'basic', ...WORDS.basic, fields: COMPANY },
      { id: 'address', ...WORDS.place, fields: ['postalCode', 'prefecture', 'city', 'address', 'phone'] },
    ],
    hidden: [],
  },
  companies: {
    sections: [{ id: 'columns', ...WORDS.columns, fields: ['industry', 'prefecture', 'employeeBand', 'owner'] }],
    hidden: [],
  },
}

/** Layouts that were stored before companies had fields of their own lack their screens. */
const stored = z.object({
  ...fieldLayout.shape,
  company: screenLayout.default(DEFAULT_LAYOUT.company),
  companies: screenLayout.default(DEFAULT_LAYOUT.companies),
})

/** The layout of every screen. */
export const readLayout = (ctx: Ctx): Promise<FieldLayout> => readSetting(ctx, KEY, stored, DEFAULT_LAYOUT)

/** Arranges one screen; a field stands in one section only, the first that names it. */
export async function arrange(ctx: Ctx, input: { screen: Screen; layout: ScreenLayout }): Promise<FieldLayout> {
  const before = await readLayout(ctx)
  const seen = new Set<string>()
  const sections = input.layout.sections.map((one) => ({
    ...one,
    fields: one.fields.filter((name) => !seen.has(name) && seen.add(name)),
  }))
  const after = { ...before, [input.screen]: { sections, hidden: [...new Set(input.layout.hidden)] } }
  await writeSetting(ctx, KEY, after)
  return after
}
