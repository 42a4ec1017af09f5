import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { readSetting } from '#kernel/settings.ts'
import { readKeys } from '../keys.ts'
import { domainReport } from './contract.ts'

/** What the last check found, and what it was about. */
export const DOMAIN_KEY = 'mail.domain'
export const storedReport = domainReport.extend({ asked: z.string() }).nullable()

/** The domain whose addresses may stand in From beside the company's own: our DKIM record was seen there and stands behind it. */
export async function provenDomain(ctx: Ctx): Promise<string> {
  const report = await readSetting(ctx, DOMAIN_KEY, storedReport, null)
  const keys = report?.alignedBy.includes('dkim') ? await readKeys(ctx) : null
  return keys && report?.domain === keys.domain ? keys.domain : ''
}
