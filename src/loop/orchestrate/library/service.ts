// Scenarios made from the library, with everything they need made along: mails, segments, a score, a date field, a form.
import { isDeepStrictEqual } from 'node:util'
import { companyProfile } from '#access/company/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { createForm, getForm, publishForm, saveForm } from '#loop/capture/forms/service.ts'
import { sites } from '#loop/capture/track/service.ts'
import type { Compiled } from '#loop/deliver/template/compile.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { productOptions } from '#loop/identify/fields/products.ts'
import { createField, listFields, restoreField } from '#loop/identify/fields/service.ts'
import * as scores from '#loop/score/manage/service.ts'
import * as segments from '#loop/segment/service.ts'
import type { Chosen, Starter } from './contract.ts'
import { itemOf, libraryItems, type Made, type StarterMail, starterMails } from './decide.ts'
import { type Item, type Language, pick } from './kit.ts'

/** What can be started from, and where the buttons of its mails lead. */
export async function read(ctx: Ctx, { language }: { readonly language: Language }) {
  return { items: libraryItems(language), link: await houseLink(ctx) }
}

/** The company's own page: its website, else the first site that is tracked, else this house. */
export async function houseLink(ctx: Ctx): Promise<string> {
  const { website } = await companyProfile(ctx)
  if (website) return website
  const { items } = await sites(ctx, { archived: false })
  const domain = items
    .flatMap((site) => site.domains)
    .map((one) => one.replace(/^\*\./, ''))
    .find((one) => one.includes('.') && !/^[\d.:]+$/.test(one))
  return domain && URL.canParse(`https://${domain}/`) ? `https://${domain}/` : ctx.house.publicUrl
}

export type ReadyMail = StarterMail & { readonly compiled: Compiled }

/** The mails of a starter, compiled: that takes tens of milliseconds each and belongs before the transaction. */
export function compileMails(starter: Starter, language: Language, link: string): Promise<ReadyMail[]> {
  return Promise.all(starterMails(starter, language, link).map(async (mail) => ({ ...mail, compiled: await compileOrRefuse(mail.draft) })))
}

/** Makes what a starter needs. What is there already from an earlier time is taken again, besides the mails. */
export async function makeAlong(
  ctx: Ctx,
  ask: Chosen & { readonly starter: Starter; readonly language: Language },
  mails: readonly ReadyMail[],
): Promise<Made> {
  const item = itemOf(ask.starter)
  if (!item) return {}
  const made: Record<string, string> = {}
  for (const { key, name, draft, compiled } of mails) made[key] = (await make(ctx, { name, draft }, compiled)).id
  await makeField(ctx, item)
  await makeScore(ctx, item, ask.language)
  const form = ask.form === 'new' ? await makeForm(ctx, item, ask.language) : ask.form
  return {
    mails: made,
    segments: await makeSegments(ctx, item, ask),
    ...(form ? { form } : {}),
    ...(ask.segment ? { segment: ask.segment } : {}),
  }
}

async function makeField(ctx: Ctx, { field }: Item): Promise<void> {
  if (!field) return
  const there = (await listFields(ctx, { archived: true })).items.some((one) => one.key === field.key)
  if (there) await restoreField(ctx, field)
  else await createField(ctx, { ...field, type: 'date', class: 'basic', options: [] })
}

async function makeScore(ctx: Ctx, { score }: Item, language: Language): Promise<void> {
  if (!score || (await scores.list(ctx)).items.some((one) => one.name === score.name)) return
  await scores.add(ctx, { name: score.name, label: score.label[language] })
  const settings = { recentDays: 30, halfLifeDays: null, heatBy: 'total', hotAt: 25, warmAt: 10, ranks: [] } as const
  await scores.saveDraft(ctx, { name: score.name, rules: [...score.rules], settings: { ...settings, ranks: [] } })
  await scores.publish(ctx, { name: score.name, startsScenarios: false })
}

async function makeForm(ctx: Ctx, { form, name: of }: Item, language: Language): Promise<string | undefined> {
  if (!form) return undefined
  const name = pick(form.name, language)
  const { id } = await createForm(ctx, { name, template: form.template })
  const { spec } = await getForm(ctx, { id })
  const title = { ja: form.name[0], en: form.name[1] }
  await saveForm(ctx, { id, name, spec: { ...spec, title, language, source: pick(of, language) } })
  await publishForm(ctx, { id })
  return id
}

async function makeSegments(
  ctx: Ctx,
  item: Item,
  { language, product = '' }: { readonly language: Language; readonly product?: string | undefined },
): Promise<Record<string, string>> {
  const there = item.segments.length ? (await segments.list(ctx)).items : []
  const label = product && (await productOptions(ctx)).find((one) => one.value === product)?.[language]
  const made: Record<string, string> = {}
  for (const one of item.segments) {
    const rule = one.rule(product)
    const wanted = [pick(one.name, language), ...(label ? [label] : [])].join(language === 'ja' ? '：' : ': ')
    const same = there.find(({ name, rule: now }) => name.startsWith(wanted) && isDeepStrictEqual(now, rule))
    const asked = { description: pick(one.text, language), audience: 'leads', rule, startsScenarios: false } as const
    made[one.key] = same?.id ?? (await segments.create(ctx, { ...asked, name: freeName(wanted, there) })).id
  }
  return made
}

/** The name, or with a number where somebody uses it for something else. */
function freeName(wanted: string, there: readonly { readonly name: string }[]): string {
  const taken = new Set(there.map(({ name }) => name))
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} ${n}`
    if (!taken.has(name)) return name
  }
}
