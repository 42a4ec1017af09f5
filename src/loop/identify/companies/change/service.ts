// Verbs by which colleagues change companies and who is with them.
import { isActiveUser } from '#access/users/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { mergeAttrs } from '../../fields/decide.ts'
import { readTyped } from '../../fields/service.ts'
import { findPerson } from '../../leads/service.ts'
import {
  cleanText,
  normaliseEmployees,
  normaliseKana,
  normalisePhone,
  normalisePrefecture,
  normaliseWebsite,
} from '../../normalise/decide.ts'
import { normaliseIndustry } from '../../normalise/industry.ts'
import { normalisePostal } from '../../normalise/postal.ts'
import { lockPeople } from '../../queries.ts'
import type { companiesContract } from '../contract.ts'
import { differences } from '../decide.ts'
import { corporateDomain } from '../domains.ts'
import { findCompany } from '../heir.ts'
import { markCompanies, namesOfNew, newCompany, settledCompany } from '../making/service.ts'
import { joinCompanies, leaveCompanies, matchCompanies } from '../matching/service.ts'
import { corporateNumber, nameKeys } from '../names.ts'
import * as queries from '../queries.ts'
import type { CompanyRow } from '../tables.ts'

type Api = typeof companiesContract
type Given = Omit<InputOf<Api['update']>, 'id' | 'version'>
type Texts = 'kana' | 'englishName' | 'website' | 'postalCode' | 'prefecture' | 'city' | 'address' | 'industry' | 'employeeBand' | 'note'

const TEXTS: Readonly<Record<Texts, { readonly column: keyof CompanyRow; readonly read: (text: string) => string | null }>> = {
  kana: { column: 'kana', read: normaliseKana },
  englishName: { column: 'english_name', read: cleanText },
  website: { column: 'website', read: normaliseWebsite },
  postalCode: { column: 'postal_code', read: normalisePostal },
  prefecture: { column: 'prefecture', read: normalisePrefecture },
  city: { column: 'city', read: cleanText },
  address: { column: 'address', read: cleanText },
  industry: { column: 'industry', read: normaliseIndustry },
  employeeBand: { column: 'employee_band', read: normaliseEmployees },
  note: { column: 'note', read: (text) => text.trim() || null },
}

/** The row with what was given; an empty text clears. @throws Refusal when a 法人番号, site, domain or owner cannot be */
async function withGiven(ctx: Ctx, row: CompanyRow, given: Given, isNew: boolean): Promise<CompanyRow> {
  const next: { -readonly [K in keyof CompanyRow]: CompanyRow[K] } = { ...row }
  next.attrs = mergeAttrs(
    row.attrs,
    await readTyped(ctx, given.attrs ?? {}, { id: isNew ? null : row.id, before: row.attrs, entity: 'company' }),
    false,
  )
  if (given.name !== undefined) next.name = cleanText(given.name, 200) ?? row.name
  for (const [field, { column, read }] of Object.entries(TEXTS)) {
    const text = given[field as Texts]
    if (text === undefined) continue
    const value = read(text)
    if (value === null && text.trim() !== '') wrong(field, 'この値は使えません / This value cannot be used.')
    Object.assign(next, { [column]: value })
  }
  if (given.corporateNumber !== undefined) {
    next.corporate_number = corporateNumber(given.corporateNumber)
    if (given.corporateNumber.trim() !== '' && !next.corporate_number)
      wrong('corporateNumber', '法人番号（13桁）の検査数字が合いません / This is not a corporate number: its check digit does not fit.')
  }
  if (given.phone !== undefined) Object.assign(next, { phone_typed: given.phone.trim() || null, phone: normalisePhone(given.phone) })
  if (given.fiscalMonth !== undefined) next.fiscal_month = given.fiscalMonth
  if (given.tags) next.tags = [...new Set(given.tags)]
  if (given.aliases) next.aliases = [...new Set(given.aliases)]
  if (given.ownerId !== undefined) {
    if (given.ownerId !== null && !(await isActiveUser(ctx, given.ownerId)))
      wrong('ownerId', '担当者が見つかりません / There is no such colleague.')
    next.owner_id = given.ownerId
  }
  return settledCompany(next)
}

function wrong(field: string, message: string): never {
  refuse('unprocessable', `company.${field}`, { message, field })
}

/** Domains as they were typed, folded to what a company registers. @throws Refusal for free mail, carriers and providers */
function readDomains(typed: readonly string[]): string[] {
  return [
    ...new Set(
      typed.map((text) => {
        const plain = text
          .normalize('NFKC')
          .trim()
          .replace(/^.*@/, '')
          .replace(/^https?:\/\//i, '')
          .replace(/\/.*$/, '')
          .replace(/^www\./i, '')
        return (
          corporateDomain(`x@${plain}`) ??
          wrong('domains', `${text}：フリーメールや携帯のドメインは会社を示しません / Free mail and carrier domains imply no company.`)
        )
      }),
    ),
  ]
}

/** Domains become these. @throws Refusal conflict when another company has one */
async function saveDomains(ctx: Ctx, companyId: string, typed: readonly string[]): Promise<void> {
  const wanted = readDomains(typed)
  const have = (await queries.listDomains(ctx.db, [companyId])).get(companyId) ?? []
  await queries.deleteDomains(
    ctx.db,
    companyId,
    have.filter((domain) => !wanted.includes(domain)),
  )
  const fresh = wanted.filter((domain) => !have.includes(domain)).map((domain) => ({ domain, companyId }))
  const won = await queries.insertDomains(ctx.db, fresh, ctx.now)
  const taken = fresh.find(({ domain }) => !won.has(domain))
  if (taken)
    refuse('conflict', 'company.domainTaken', {
      message: `${taken.domain} は別の会社のドメインです / Another company has this domain.`,
      field: 'domains',
    })
}

async function demandNumberFree(ctx: Ctx, row: CompanyRow): Promise<void> {
  if (!row.corporate_number) return
  const holder = (await queries.findByNumbers(ctx.db, [row.corporate_number])).get(row.corporate_number)
  if (holder && holder !== row.id)
    refuse('conflict', 'company.numberTaken', {
      message: `この法人番号の会社は登録済みです / There is a company with this number (${holder}).`,
      field: 'corporateNumber',
    })
}

/** Adds a company by hand; one of the same name is proposed for a merge, leads of the name for a link. */
export async function create(ctx: Ctx, input: InputOf<Api['create']>): Promise<{ id: string; version: number }> {
  const row = await withGiven(ctx, newCompany(ctx.id(), input.name, ctx.now, actorName(ctx)), input, true)
  await demandNumberFree(ctx, row)
  await queries.insertCompanies(ctx.db, [row])
  if (input.domains) await saveDomains(ctx, row.id, input.domains)
  await namesOfNew(ctx, [row])
  await announce(ctx, 'companies', { ids: [row.id] })
  return { id: row.id, version: row.version }
}

const COLUMNS = [
  'name',
  'aliases',
  'corporate_number',
  'phone_typed',
  'fiscal_month',
  'owner_id',
  'tags',
  'attrs',
  ...Object.values(TEXTS).map((one) => one.column),
] as const

/** Changes a company by hand. @throws Refusal `company.changed` when `version` is not the one stored */
export async function update(ctx: Ctx, input: InputOf<Api['update']>): Promise<{ id: string; version: number }> {
  const before = await findCompany(ctx, input.id, true)
  if (input.version !== undefined && input.version !== before.version)
    refuse('conflict', 'company.changed', {
      message: '他の人が先に変更しました。画面を更新してください / Somebody changed this meanwhile: reload.',
    })
  const row = await withGiven(ctx, before, input, false)
  await demandNumberFree(ctx, row)
  if (input.domains) await saveDomains(ctx, row.id, input.domains)
  const changes = differences(before, row, COLUMNS)
  if (changes.length) await queries.updateCompany(ctx.db, row, ctx.now)
  if (nameKeys(row).join() !== nameKeys(before).join()) await namesOfNew(ctx, [row])
  if (changes.length || input.domains)
    await markCompanies(ctx, [row.id], [...changes.map((change) => change.column), ...(input.domains ? ['domains'] : [])])
  await announce(ctx, 'companies', { ids: [row.id] })
  return { id: row.id, version: before.version + (changes.length ? 1 : 0) }
}

/** Puts a lead into a company because a colleague says so; no rule takes it out again. */
export async function link(ctx: Ctx, input: InputOf<Api['link']>): Promise<{ ok: true }> {
  const company = await findCompany(ctx, input.companyId)
  const person = await lockedPerson(ctx, input.leadId)
  await joinCompanies(ctx, [{ row: person, companyId: company.id, by: 'hand' }])
  if (input.role) await queries.setRole(ctx.db, person, company.id, input.role)
  await announce(ctx, 'companies', { ids: [company.id] })
  return { ok: true }
}

async function lockedPerson(ctx: Ctx, id: string) {
  const { bucket, id: own } = await findPerson(ctx, id)
  const row = (await lockPeople(ctx.db, [{ bucket, id: own }])).get(own)
  return row ?? refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
}

/** Takes a lead out of its company. */
export async function unlink(ctx: Ctx, input: InputOf<Api['unlink']>): Promise<{ ok: true }> {
  const left = await leaveCompanies(ctx, [await lockedPerson(ctx, input.leadId)])
  await announce(ctx, 'companies', { ids: left.map((one) => one.company_id) })
  return { ok: true }
}

/** Puts a lead into a new company of its own. */
export async function splitOff(ctx: Ctx, input: InputOf<Api['splitOff']>): Promise<{ id: string; version: number }> {
  const made = await create(ctx, { name: input.name })
  await link(ctx, { leadId: input.leadId, companyId: made.id })
  return made
}

/** Says what somebody's word counts in the buying decision. */
export async function setRole(ctx: Ctx, input: InputOf<Api['role']>): Promise<{ ok: true }> {
  const person = await lockedPerson(ctx, input.leadId)
  const companyId = person.company_id
  if (!companyId || !(await queries.setRole(ctx.db, person, companyId, input.role)))
    refuse('conflict', 'company.none', { message: '会社に所属していません / This lead is with no company.' })
  await append(ctx, [
    {
      subject: { bucket: person.bucket, id: person.id },
      id: derivedId(ctx.id(), 'companies', 'role'),
      name: 'company.changed',
      occurredAt: ctx.now,
      props: { company: companyId, fields: ['role'], role: input.role, by: actorName(ctx) },
    },
  ])
  await markCompanies(ctx, [companyId], ['role'])
  await announce(ctx, 'companies', { ids: [companyId] })
  return { ok: true }
}

/** Looks anew for the companies of leads that a human's link no longer holds. */
export function lookAgain(ctx: Ctx, subjects: readonly { bucket: number; id: string }[]): Promise<void> {
  return matchCompanies(
    ctx,
    subjects.map((subject) => ({ subject, causeId: ctx.id(), hop: 0, historic: false })),
  )
}

export const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
