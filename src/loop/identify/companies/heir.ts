import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import * as queries from './queries.ts'
import type { CompanyRow } from './tables.ts'

/** A company by id, or by the id of one that went into it; locked when it is to be changed. @throws Refusal `company.unknown` (404) */
export async function findCompany(ctx: Ctx, id: string, lock = false): Promise<CompanyRow> {
  const heir = (await queries.findHeirs(ctx.db, [id])).get(id)
  const row = heir && (await queries.selectCompanies(ctx.db, [heir], lock)).get(heir)
  return row || refuse('missing', 'company.unknown', { message: '会社が見つかりません / There is no such company.' })
}
