import { calendarWarning, isTimeZone, type WorkWeek } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, type SettingRow, settingFrom, writeSetting } from '#kernel/settings.ts'
import { type CompanyProfile, EMPTY_COMPANY, LEGAL_FIELDS, companyProfile as profileSchema } from './contract.ts'

const KEY = 'company'

/** The company profile; its defaults before anybody filled it in. */
export function companyProfile(ctx: Ctx): Promise<CompanyProfile> {
  return readSetting(ctx, KEY, profileSchema, EMPTY_COMPANY)
}

/** Under which key the profile is kept, for whoever reads several settings at once. */
export const COMPANY_KEY = KEY

/** The working time among rows of settings. */
export const workWeekFrom = (rows: readonly SettingRow[]): WorkWeek => weekOf(settingFrom(rows, KEY, profileSchema, EMPTY_COMPANY))

/** The company's working time, as the kernel's calendar reads it. */
export const workWeek = async (ctx: Ctx): Promise<WorkWeek> => weekOf(await companyProfile(ctx))

function weekOf(company: CompanyProfile): WorkWeek {
  return {
    timeZone: company.timeZone,
    weekdays: company.weekdays,
    from: company.opensAt,
    to: company.closesAt,
    closedDays: company.closedDays,
    holidaysOff: company.holidaysOff,
  }
}

/** Which fields of the legal sender block are still empty; mail must not be sent while there are any. */
export function missingLegalFields(company: CompanyProfile): (typeof LEGAL_FIELDS)[number][] {
  return LEGAL_FIELDS.filter((field) => company[field] === '')
}

/** The profile with what is missing in it and the warning about holiday data that ends soon. */
export async function read(
  ctx: Ctx,
): Promise<CompanyProfile & { missing: (typeof LEGAL_FIELDS)[number][]; calendarWarning: string | null }> {
  const company = await companyProfile(ctx)
  return { ...company, missing: missingLegalFields(company), calendarWarning: calendarWarning(ctx.house.calendar, ctx.now) }
}

/**
 * Changes the fields that are given.
 * @throws Refusal invalid when the time zone is unknown or the day closes before it opens
 */
export async function update(
  ctx: Ctx,
  input: { readonly [K in keyof CompanyProfile]?: CompanyProfile[K] | undefined },
): Promise<CompanyProfile> {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const company = profileSchema.parse({ ...(await companyProfile(ctx)), ...given })
  if (!isTimeZone(company.timeZone))
    refuse('invalid', 'company.timeZone', { message: 'This time zone is not known. Use a name such as Asia/Tokyo.', field: 'timeZone' })
  if (company.opensAt >= company.closesAt)
    refuse('invalid', 'company.hours', { message: 'The day must close after it opens.', field: 'closesAt' })
  const tidy = { ...company, weekdays: [...new Set(company.weekdays)].sort(), closedDays: [...new Set(company.closedDays)].sort() }
  await writeSetting(ctx, KEY, tidy)
  return tidy
}
