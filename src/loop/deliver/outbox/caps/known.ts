// What rules a mail at its mark, read behind it in one statement: caps and hours, what its person has had, and the stop of its address.
import { COMPANY_KEY, workWeekFrom } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { settingFrom } from '#kernel/settings.ts'
import { DEFAULT_CAPS, type MailCaps, mailCaps } from './contract.ts'
import type { Hours } from './decide.ts'
import * as queries from './queries.ts'

/** Under which key the caps are kept. */
export const KEY = 'mail.caps'

/** What mails are weighed by, read already: the settings, and what their people have had where it could matter. */
export interface Known {
  readonly caps: MailCaps
  readonly hours: Hours
  readonly sends: ReadonlyMap<string, readonly queries.Sent[]>
}

/** A day more than any cap looks back, whatever the time zone. */
const LOOK_BACK_MS = 8 * DAY

/** The statement whose answer `knownFrom` reads: sent right behind the mark, it sees what was there once its people were locked. */
export const rulesAsk = (ctx: Ctx, subjects: readonly Subject[], hashes: readonly string[]) =>
  queries.rulesAsk({ subjects, hashes, keys: [KEY, COMPANY_KEY], capsKey: KEY, since: new Date(ctx.now.getTime() - LOOK_BACK_MS) })

/** @returns what mails are weighed by, and the stops of their addresses: hash → level */
export function knownFrom(ctx: Ctx, rows: readonly queries.RuleRow[]): Known & { readonly stops: ReadonlyMap<string, number> } {
  const settings = rows.filter((row) => row.key !== null)
  return {
    caps: settingFrom(settings, KEY, mailCaps, DEFAULT_CAPS),
    hours: { calendar: ctx.house.calendar, week: workWeekFrom(settings) },
    sends: queries.byPerson(rows.filter((row) => row.person_id !== null)),
    stops: new Map(rows.filter((row) => row.address_hash !== null).map((row) => [row.address_hash, row.level])),
  }
}
