// A human confirmed a card: the lead, the consent by card with its proof, the campaign, and the event that starts the follow-up.
import { workWeek } from '#access/company/service.ts'
import { dayIn, instantAt } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, eventId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import type { IdentifyAct } from '#loop/identify/acts.ts'
import { updateLead } from '#loop/identify/change/service.ts'
import type { FieldDefinition } from '#loop/identify/fields/contract.ts'
import { ensureField, listFields, readAttrs } from '#loop/identify/fields/service.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'
import { findHolders } from '#loop/identify/queries.ts'
import { identify, loadPeople, resolveSubject } from '#loop/identify/service.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { lockMembers } from '#loop/plan/campaigns/queries.ts'
import { joinAll, live as liveCampaign } from '#loop/plan/campaigns/service.ts'
import { actorName } from './batches.ts'
import type { CardValues } from './contract.ts'
import { memberStatus, personFields } from './decide.ts'
import * as queries from './queries.ts'
import { openCard } from './service.ts'
import type { Undo } from './tables.ts'
import { changesSince } from './undo.ts'

interface Confirming {
  readonly card: queries.CardRow
  readonly batch: queries.BatchRow
  readonly values: CardValues
  /** When the card changed hands: now for today's, noon of that day for older ones. */
  readonly at: Date
  readonly causeId: string
}

/**
 * Confirms a card as somebody new, or as the lead that a human said it is. An address that somebody else holds is kept as a contact address:
 * one address has one holder.
 * @throws Refusal `card.empty`, `card.settled`, `mail.malformed`
 */
export async function confirm(
  ctx: Ctx,
  input: { id: string; values: CardValues; sameAs: string | null },
): Promise<{ leadId: string; outcome: 'created' | 'updated' }> {
  const card = await openCard(ctx, input.id)
  const batch = await queries.findBatch(ctx.db, card.batch_id)
  if (!batch) throw new Error('a card lies in a batch')
  const { values } = input
  if (
    ![values.familyName, values.givenName, values.companyName, values.mail, values.phone, values.directPhone, values.mobile].some(Boolean)
  )
    refuse('unprocessable', 'card.nothing', {
      message: '氏名・会社名・メール・電話のいずれかを入力してください / Enter a name, company, address or phone.',
      field: 'values.familyName',
    })
  const what: Confirming = { card, batch, values, at: await exchangedAt(ctx, batch), causeId: eventId('card', card.id) }
  const done = input.sameAs ? await same(ctx, what, input.sameAs) : await fresh(ctx, what)
  const changes = await changesSince(ctx, done.subject, done.before)
  const campaign = batch.campaign_id ? await intoCampaign(ctx, what, batch.campaign_id, done.subject) : null
  const created = done.created || done.before?.identified_at === null
  const undo: Undo = { fields: card.fields, created, changes, member: campaign?.member ?? null }
  await queries.linkPerson(ctx.db, done.subject, card.id, ctx.now)
  await queries.updateCard(ctx.db, card.id, {
    status: 'confirmed',
    undo,
    settled_at: ctx.now,
    settled_by: actorName(ctx),
    fields: {},
    failure: null,
  })
  await tell(ctx, what, done.subject, campaign?.name ?? null)
  await announce(ctx, 'leads', { ids: [done.subject.id] })
  await announce(ctx, 'cards', { batch: batch.id, card: card.id })
  return { leadId: done.subject.id, outcome: done.created ? 'created' : 'updated' }
}

async function exchangedAt(ctx: Ctx, batch: queries.BatchRow): Promise<Date> {
  const { timeZone } = await workWeek(ctx)
  if (batch.exchanged_on >= dayIn(timeZone, ctx.now)) return ctx.now
  return instantAt(timeZone, batch.exchanged_on, '12:00')
}

interface Done {
  readonly subject: Subject
  readonly created: boolean
  /** Whoever was known, as they were. */
  readonly before: PersonRow | undefined
}

async function fresh(ctx: Ctx, what: Confirming): Promise<Done> {
  // Whoever holds the address and lies in the trash is who comes back by it.
  const holders = await loadPeople(ctx, await holdersOf(ctx, what.values.mail))
  const held = [...holders.values()].some((one) => one.identified_at !== null)
  const [outcome] = await identify(ctx, [await actOf(ctx, what, held ? null : what.values.mail, false)])
  if (!outcome) throw new Error('one act has one outcome')
  return { subject: outcome.subject, created: outcome.outcome === 'created', before: holders.get(outcome.subject.id) }
}

async function holdersOf(ctx: Ctx, mail: string): Promise<Subject[]> {
  const parsed = mail ? parseMail(mail) : null
  if (parsed && !parsed.ok) refuse('unprocessable', 'mail.malformed', { message: parsed.reason, field: 'values.mail' })
  return parsed ? (await findHolders(ctx.db, [{ kind: 'mail', value: parsed.mail }])).map(({ bucket, id }) => ({ bucket, id })) : []
}

/** The lead that a human said it is. Their address changes only when they had none, or the card is fresh and nobody else has it. */
async function same(ctx: Ctx, given: Confirming, id: string): Promise<Done> {
  const subject = await resolveSubject(ctx, id)
  const person = subject && (await loadPeople(ctx, [subject])).get(subject.id)
  if (!subject || !person)
    refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.', field: 'sameAs' })
  // A name that is known is not written over by what a machine read: people are asked whether it is them, not how they are written.
  const named = person.family_name !== null && person.given_name !== null
  const what = named ? { ...given, values: { ...given.values, familyName: '', givenName: '' } } : given
  const { values, batch } = what
  const mail = values.mail ? parseMail(values.mail) : null
  const own = mail?.ok === true && person.mail === mail.mail
  const free = !own && mail !== null && (await holdersOf(ctx, values.mail)).length === 0
  const takes = free && (person.mail === null || batch.overwrites)
  if (takes) await updateLead(ctx, { id: subject.id, mail: values.mail })
  if (own || takes) {
    await identify(ctx, [await actOf(ctx, what, values.mail, !batch.overwrites)])
    return { subject, created: false, before: person }
  }
  const told = { ...personFields(values), ...(values.mail && !person.contact_mail ? { contactMail: values.mail } : {}) }
  const empty = (key: string): boolean => !(person as unknown as Record<string, unknown>)[COLUMNS[key] ?? key]
  const fields = batch.overwrites ? told : Object.fromEntries(Object.entries(told).filter(([key]) => empty(key)))
  const numbers = await numbersOf(ctx, values)
  const attrs = batch.overwrites ? numbers : Object.fromEntries(Object.entries(numbers).filter(([key]) => !person.attrs[key]))
  await updateLead(ctx, { id: subject.id, fields, attrs })
  return { subject, created: false, before: person }
}

/** Numbers besides the phone of a lead have fields of their own. */
const NUMBERS = [
  { of: 'directPhone', key: 'direct_phone', ja: '直通電話', en: 'Direct line' },
  { of: 'mobile', key: 'mobile', ja: '携帯電話', en: 'Mobile phone' },
  { of: 'fax', key: 'fax', ja: 'FAX', en: 'Fax' },
] as const

/**
 * The numbers of a card for their fields, each made with the first card that has one; nothing for a field that was put away, or that a company
 * had before and means something else by. The only number one can be called by is the phone of the lead, and needs no field.
 */
async function numbersOf(ctx: Ctx, values: CardValues): Promise<JsonObject> {
  const told = NUMBERS.filter((one) => values[one.of])
  if (!told.length) return {}
  const isOnly = (of: keyof CardValues): boolean => !values.phone && (of === 'directPhone' || (of === 'mobile' && !values.directPhone))
  const before = await fieldsByKey(ctx)
  const missing = told.filter(({ key, of }) => !before.has(key) && !isOnly(of))
  for (const { of: _of, ...field } of missing) await ensureField(ctx, { ...field, type: 'phone', class: 'basic', options: [] })
  const known = missing.length ? await fieldsByKey(ctx) : before
  const wanted = told.filter(({ key }) => takesNumbers(known.get(key)))
  const read = await readAttrs(ctx, Object.fromEntries(wanted.map(({ key, of }) => [key, values[of]])), false)
  const bad = wanted.find(({ key }) => !(key in read))
  if (bad)
    refuse('unprocessable', 'card.number', {
      message: 'この番号は電話番号として読めません / This cannot be read as a phone number.',
      field: `values.${bad.of}`,
    })
  return read
}

const fieldsByKey = async (ctx: Ctx): Promise<Map<string, FieldDefinition>> =>
  new Map((await listFields(ctx, { archived: true })).items.filter((field) => field.custom).map((field) => [field.key, field]))

const takesNumbers = (field: FieldDefinition | undefined): boolean =>
  field !== undefined && !field.archived && (field.type === 'phone' || field.type === 'text')

const COLUMNS: Readonly<Record<string, string>> = {
  familyName: 'family_name',
  givenName: 'given_name',
  familyKana: 'family_kana',
  givenKana: 'given_kana',
  companyName: 'company_name',
  postalCode: 'postal_code',
  contactMail: 'contact_mail',
}

async function actOf(ctx: Ctx, what: Confirming, mail: string | null, onlyEmpty: boolean): Promise<IdentifyAct> {
  const { values, batch, card, at, causeId } = what
  const attrs = await numbersOf(ctx, values)
  return {
    route: 'card' as const,
    at,
    causeId,
    historic: !batch.starts,
    onlyEmpty,
    fields: { ...personFields(values), ...(mail || !values.mail ? {} : { contactMail: values.mail }) },
    attrs,
    ...(batch.source ? { source: { name: batch.source } } : {}),
    ...(mail
      ? {
          mail,
          consent: {
            basis: 'card' as const,
            text: `名刺交換 ${batch.exchanged_on}${batch.source ? ` ${batch.source}` : ''}`,
            evidence: {
              card: card.id,
              batch: batch.id,
              exchangedOn: batch.exchanged_on,
              exchangedBy: batch.exchanged_by_name,
              source: batch.source,
              confirmedBy: actorName(ctx),
            },
          },
        }
      : {}),
  }
}

/** Whoever is further in the campaign than a card exchange stays there. @returns the campaign's name, and the step that was made */
async function intoCampaign(ctx: Ctx, what: Confirming, id: string, subject: Subject): Promise<{ name: string; member: Undo['member'] }> {
  const campaign = await liveCampaign(ctx, id)
  const statuses = campaign.statuses as string[]
  const status = memberStatus(statuses)
  const now = (await lockMembers(ctx.db, id, [subject])).get(subject.id)?.status
  if (now !== undefined && statuses.indexOf(now) >= statuses.indexOf(status)) return { name: campaign.name, member: null }
  const act = { campaignId: id, subjects: [subject], status, causeId: what.causeId, at: what.at, historic: !what.batch.starts }
  const [step] = await joinAll(ctx, act)
  return { name: campaign.name, member: step ? { campaign: id, from: step.from, to: step.to } : null }
}

async function tell(ctx: Ctx, what: Confirming, subject: Subject, campaign: string | null): Promise<void> {
  const { batch, card, at, causeId } = what
  await append(ctx, [
    {
      subject,
      id: causeId,
      name: 'card.exchanged',
      occurredAt: at,
      via: 'card',
      historic: !batch.starts,
      props: {
        card: card.id,
        batch: batch.id,
        exchangedOn: batch.exchanged_on,
        by: batch.exchanged_by_name,
        source: batch.source,
        ...(batch.campaign_id ? { campaign: batch.campaign_id } : {}),
        name: campaign || batch.source || batch.exchanged_by_name || batch.exchanged_on,
        event: campaign ?? batch.source,
      },
    },
  ])
}
