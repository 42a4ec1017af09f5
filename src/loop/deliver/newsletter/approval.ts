// A second person's yes: to words and people as they are, gone with the next change.
import type { Ctx } from '#kernel/ctx.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { type Newsletter, type NewsletterRules, newsletterRules } from './contract.ts'
import type { NewsletterRow } from './queries.ts'

const KEY = 'newsletters'

export function readRules(ctx: Ctx): Promise<NewsletterRules> {
  return readSetting(ctx, KEY, newsletterRules, { approval: false, zoneField: '' })
}

export async function setRules(ctx: Ctx, input: NewsletterRules): Promise<NewsletterRules> {
  await writeSetting(ctx, KEY, input)
  return input
}

/** `kind id name`: names are shown, and two people may share one. */
export function whoOf({ actor }: Ctx): string {
  const id = 'id' in actor ? actor.id : '-'
  return `${actor.kind} ${id} ${'name' in actor ? actor.name : ''}`
}

const nameOf = (who: string | null): string | null => who?.split(' ').slice(2).join(' ') ?? null
const keyOf = (who: string): string => who.split(' ').slice(0, 2).join(' ')

/** Whether the two are one and the same. */
export const isSame = (a: string, b: string): boolean => keyOf(a) === keyOf(b)

export const approvalOf = (row: NewsletterRow, who: string): Newsletter['approval'] => ({
  askedBy: nameOf(row.asked_by),
  askedAt: row.asked_at?.toISOString() ?? null,
  approvedBy: nameOf(row.approved_by),
  approvedAt: row.approved_at?.toISOString() ?? null,
  mine: row.asked_by !== null && isSame(row.asked_by, who),
})
