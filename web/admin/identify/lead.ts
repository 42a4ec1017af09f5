import type { client } from '../api.ts'

export type Lead = Awaited<ReturnType<typeof client.leads.get>>
export type LeadLine = Awaited<ReturnType<typeof client.leads.list>>['items'][number]

/** The name to show of somebody: name, else company, else address, else what they are. */
export function nameOf(row: Pick<LeadLine, 'familyName' | 'givenName' | 'companyName' | 'mail' | 'externalId'>, none: string): string {
  return [row.familyName, row.givenName].filter(Boolean).join(' ') || row.companyName || row.mail || row.externalId || none
}

/** A fact's value as a number; 0 when nothing is known. */
export const numberFact = (row: Pick<LeadLine, 'facts'>, name: string): number => {
  const value = row.facts[name]
  return typeof value === 'number' ? value : 0
}

/** The stage that sales says a lead is in. */
export function stageOf(row: Pick<LeadLine, 'facts'>): string | null {
  const [, value] = Object.entries(row.facts).find(([name]) => /(^|\.)stage$/.test(name)) ?? []
  return typeof value === 'string' ? value : null
}

export const SCORE = 'score.main.total'
export const RECENT = 'score.main.recent'
