// Deals that come with a file: history, so they count and start nothing. The port is the import's.
import { createHash } from 'node:crypto'
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import type { ImportTarget, TargetOutcome, TargetRow } from '#loop/capture/import/target.ts'
import { readDate } from '#loop/capture/import/values.ts'
import { productKeys } from '#loop/identify/fields/columns.ts'
import { productOptions } from '#loop/identify/fields/products.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'
import { findHolders } from '#loop/identify/queries.ts'
import { loadPeople } from '#loop/identify/service.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { moveStages } from '../stage/service.ts'
import { dealName } from './decide.ts'
import * as queries from './import.queries.ts'
import { dealStages } from './service.ts'
import { LOST_REASONS } from './vocabulary.ts'

/** A row that can be taken: its lead is known, its dates and amount can be read. */
interface Given {
  readonly row: TargetRow
  readonly key: string
  readonly lead: PersonRow
  readonly state: 'open' | 'won' | 'lost'
  readonly openedAt: Date
  readonly closedAt: Date | null
  readonly amount: number | null
}
type Read = Given | { readonly row: TargetRow; readonly reason: string }

const WON = /受注|成約|won|closed\s*won|契約/i
const LOST = /失注|lost|見送/i

/** The adapter of deals to imports: each row is a deal of a lead that is known by external id or address. */
export const dealTarget: ImportTarget = {
  take: async (ctx, rows, { dry, importId }) => {
    const leads = await leadsOf(ctx, rows)
    const read = rows.map((row) => readDeal(ctx, row, leads))
    const known = await queries.findImported(
      ctx.db,
      read.flatMap((one) => ('key' in one ? [one.key] : [])),
    )
    const seen = new Set<string>(known)
    const made: (Given & { readonly id: string })[] = []
    const outcomes = read.map((one): TargetOutcome => {
      if ('reason' in one) return { outcome: 'rejected', reason: one.reason }
      if (seen.has(one.key)) return { outcome: 'skipped', reason: 'この案件は取り込み済みです / This deal is there already' }
      seen.add(one.key)
      const id = ctx.id()
      made.push({ ...one, id })
      return { outcome: 'inserted', id }
    })
    if (!dry) await write(ctx, made, importId)
    return outcomes
  },
  undo: async (ctx, ids) => {
    const gone = await queries.removeImported(ctx.db, ids, ctx.now)
    const causeId = ctx.id()
    await append(
      ctx,
      gone.map((one) => ({
        subject: { bucket: one.bucket, id: one.person_id },
        id: derivedId(causeId, 'sales', `removed ${one.deal_id}`),
        name: 'deal.removed',
        occurredAt: ctx.now,
        causeId,
        historic: true,
        props: { deal: one.deal_id, dealName: one.name },
      })),
    )
    await moveStages(
      ctx,
      gone.map((one) => ({
        subject: { bucket: one.bucket, id: one.person_id },
        cause: 'dealUndone',
        causeId: one.deal_id,
        hop: 0,
        historic: true,
      })),
    )
    await announce(ctx, 'deals', {})
    const removed = new Set(gone.map((one) => one.deal_id)).size
    return { removed, kept: ids.length - removed }
  },
}

interface Leads {
  readonly external: ReadonlyMap<string, PersonRow>
  readonly mail: ReadonlyMap<string, PersonRow>
}

const mailOf = (row: TargetRow): string | null => {
  const parsed = parseMail(row.told.get('leadMail') ?? '')
  return parsed.ok ? parsed.mail : null
}

async function leadsOf(ctx: Ctx, rows: readonly TargetRow[]): Promise<Leads> {
  const holders = await findHolders(
    ctx.db,
    rows.flatMap((row) => {
      const [external, mail] = [row.told.get('leadExternalId'), mailOf(row)]
      return [
        ...(external ? [{ kind: 'external' as const, value: external }] : []),
        ...(mail ? [{ kind: 'mail' as const, value: mail }] : []),
      ]
    }),
  )
  const people = await loadPeople(
    ctx,
    holders.map(({ bucket, id }) => ({ bucket, id })),
  )
  const of = (kind: string) =>
    new Map(
      holders.flatMap((one) => {
        const row = people.get(one.id)
        return one.kind === kind && row ? [[one.value, row] as const] : []
      }),
    )
  return { external: of('external'), mail: of('mail') }
}

function readDeal(ctx: Ctx, row: TargetRow, leads: Leads): Read {
  const { told } = row
  const external = told.get('leadExternalId')
  const lead = (external ? leads.external.get(external) : undefined) ?? leads.mail.get(mailOf(row) ?? '')
  if (!lead)
    return { row, reason: `リード「${(external ?? told.get('leadMail') ?? '').slice(0, 80)}」が見つかりません / There is no such lead` }
  const [opened, closed] = [dateOf(told.get('openedAt')), dateOf(told.get('closedAt'))]
  if (opened === undefined || closed === undefined) return { row, reason: '日付を読めません / A date cannot be read' }
  const amount = amountOf(told.get('amount'))
  if (amount === undefined) return { row, reason: `金額「${told.get('amount')?.slice(0, 40)}」を読めません / The amount cannot be read` }
  const state = stateOf(told.get('state'), closed !== null)
  const closedAt = state === 'open' ? null : (closed ?? ctx.now)
  const openedAt = opened ?? lead.identified_at ?? ctx.now
  const first = closedAt && openedAt > closedAt ? closedAt : openedAt
  return { row, key: keyOf(row, lead), lead, state, closedAt, openedAt: first > ctx.now ? ctx.now : first, amount }
}

/** undefined: there is something that is no date. */
const dateOf = (text: string | undefined): Date | null | undefined => (text === undefined ? null : (readDate(text) ?? undefined))

function amountOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return null
  const plain = text.normalize('NFKC').replace(/[,\s¥\\円]/g, '')
  return /^\d{1,13}(\.\d+)?$/.test(plain) ? Math.round(Number(plain)) || null : undefined
}

function stateOf(text: string | undefined, isClosed: boolean): Given['state'] {
  if (text && LOST.test(text)) return 'lost'
  if (text && WON.test(text)) return 'won'
  return text === undefined && isClosed ? 'won' : 'open'
}

/** The deal's own id, else all that the file says of it: the same row of the same file is the same deal. */
function keyOf(row: TargetRow, lead: PersonRow): string {
  const own = row.told.get('dealId')
  const told = own
    ? ['id', own]
    : [lead.id, ...['dealName', 'amount', 'openedAt', 'closedAt', 'state', 'note'].map((name) => row.told.get(name) ?? '')]
  return createHash('sha256').update(JSON.stringify(told)).digest('hex')
}

/** What a file says of products and of the reason of a loss, in the company's own words; what is not known stays in the note. */
function toldOf({ row, state }: Given, products: ReadonlyMap<string, string>) {
  const named = productKeys(row.told.get('products') ?? '')
  const reason = row.told.get('lostReason') ?? ''
  const known = LOST_REASONS.find((one) => [one.value, one.ja, one.en].some((word) => folded(word) === folded(reason)))
  const strange = named.filter((one) => !products.has(folded(one)))
  const note = [
    row.told.get('note') ?? '',
    strange.length ? `製品: ${strange.join('、')}` : '',
    reason && !(known && state === 'lost') ? `失注理由: ${reason}` : '',
  ]
  return {
    products: [...new Set(named.flatMap((one) => products.get(folded(one)) ?? []))],
    lostReason: state === 'lost' ? (known?.value ?? 'other') : null,
    note: note.filter(Boolean).join('\n').slice(0, 2_000) || null,
  }
}

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

async function write(ctx: Ctx, made: readonly (Given & { id: string })[], importId: string): Promise<void> {
  if (!made.length) return
  const stage = (await dealStages(ctx))[0]?.key ?? 'new'
  const by = 'name' in ctx.actor ? ctx.actor.name : ''
  const products = new Map(
    (await productOptions(ctx)).flatMap(({ value, ja, en }) =>
      [value, ja, en].filter(Boolean).map((word) => [folded(word), value] as const),
    ),
  )
  const named = made.map((one) => {
    const company = one.row.told.get('companyName') ?? one.lead.company_name
    const person = [one.lead.family_name, one.lead.given_name].filter(Boolean).join(' ')
    return {
      ...one,
      ...toldOf(one, products),
      company,
      name: one.row.told.get('dealName')?.slice(0, 200) ?? dealName(company, person || (one.row.told.get('leadExternalId') ?? '')),
    }
  })
  await queries.insertImported(
    ctx.db,
    named.map((one) => ({
      id: one.id,
      name: one.name,
      company_name: one.company,
      amount: one.amount,
      stage,
      state: one.state,
      note: one.note,
      lost_reason: one.lostReason,
      products: one.products,
      opened_at: one.openedAt,
      stage_since: one.closedAt ?? one.openedAt,
      closed_at: one.closedAt,
      owner_id: one.lead.owner_id,
      made_by: by,
      changed_at: ctx.now,
      import_key: one.key,
      step_id: ctx.id(),
      bucket: one.lead.bucket,
      person_id: one.lead.id,
    })),
  )
  const events = named.flatMap((one) => eventsOf(importId, one))
  await append(ctx, events)
  await moveStages(
    ctx,
    named.map((one) => ({
      subject: subjectOf(one.lead),
      cause: one.state === 'won' ? 'dealWon' : one.state === 'lost' ? 'dealClosed' : 'dealOpened',
      causeId: one.id,
      hop: 0,
      historic: true,
    })),
  )
  await announce(ctx, 'deals', {})
}

const subjectOf = (lead: PersonRow): Subject => ({ bucket: lead.bucket, id: lead.id })

interface Told {
  readonly id: string
  readonly name: string
  readonly products: readonly string[]
  readonly lostReason: string | null
}

function eventsOf(importId: string, one: Given & Told): NewEvent[] {
  const base = { subject: subjectOf(one.lead), causeId: importId, historic: true }
  const props = { deal: one.id, dealName: one.name, amount: one.amount, products: [...one.products] }
  const opened: NewEvent = { ...base, id: derivedId(one.id, 'sales', 'imported'), name: 'deal.created', occurredAt: one.openedAt, props }
  if (one.state === 'open' || !one.closedAt) return [opened]
  return [
    opened,
    {
      ...base,
      id: derivedId(one.id, 'sales', 'imported closed'),
      name: one.state === 'won' ? 'deal.won' : 'deal.lost',
      occurredAt: one.closedAt,
      props: one.state === 'won' ? props : { ...props, reason: one.lostReason },
    },
  ].sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || bySubject(a.subject, b.subject))
}
