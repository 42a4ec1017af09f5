import type { Arm, CountAs, MailFigures, MailGoal, MailNumber } from '#loop/measure/mails/contract.ts'

import type { client } from '../../api.ts'

/** Whose mails a report is of: a newsletter's, or those of one step of a scenario. */
export interface MailsOf {
  readonly id: string
  readonly step?: string | undefined
}

export type Report = Awaited<ReturnType<typeof client.mailReports.report>>
export type { CountAs, MailFigures, MailGoal, MailNumber }

/** Opens and clicks as the reader wants them counted. */
export function opensOf(f: MailFigures, as: CountAs): number {
  return f.opened + (as === 'human' ? 0 : f.openedUnknown) + (as === 'raw' ? f.openedMachine : 0)
}

export function clicksOf(f: MailFigures, as: CountAs): number {
  return f.clicked + (as === 'human' ? 0 : f.clickedUnknown) + (as === 'raw' ? f.clickedMachine : 0)
}

/** What is asked of the list behind a number. */
export interface Behind {
  readonly of: MailNumber
  /** Whose opens and clicks count; left out: those of people. */
  readonly as?: CountAs | undefined
  readonly reason?: string | undefined
  readonly domain?: string | undefined
  readonly hour?: number | undefined
  readonly link?: number | undefined
  readonly version?: string | undefined
  readonly arm?: Arm | undefined
}

export const share = (part: number, whole: number): number | null => (whole ? part / whole : null)
