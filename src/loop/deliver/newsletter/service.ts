import { companyProfile, missingLegalFields } from '#access/company/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import type { Door } from '#kernel/serve.ts'
import { holdSegments } from '#loop/segment/queries.ts'
import { cursorOf, readCursor } from '../cursor.ts'
import { mayReach } from '../outbox/decide.ts'
import { bulkFault, refresh } from '../sender/domain/service.ts'
import { readMail, senderAddress } from '../sender/settings.ts'
import { wakeSender } from '../sender/wake.ts'
import { assertTemplates } from '../template/folders/service.ts'
import { findTemplate, markUsed } from '../template/queries.ts'
import { approvalOf, readRules, whoOf } from './approval.ts'
import { type AudienceState, groupAudience } from './audience.queries.ts'
import { type Counts, counts, type Newsletter, type newslettersContract } from './contract.ts'
import { beginOf, mayDo, maySend, type StartFault } from './decide.ts'
import { figuresOf } from './figures.ts'
import { cancelJob } from './jobs.ts'
import {
  countStates,
  deleteNewsletter,
  findNewsletter,
  listNewsletters,
  type NewsletterRow,
  namesReading,
  putNewsletter,
  schedule,
  setStatus,
} from './queries.ts'
import { untilOf } from './trial/decide.ts'
import { type Variant, variantOf, versionOfB } from './trial/service.ts'

type Ask<K extends keyof typeof newslettersContract> = InputOf<(typeof newslettersContract)[K]>

const NONE = Object.fromEntries(counts.keyof().options.map((key) => [key, 0])) as Counts

function shown(row: NewsletterRow, counts: Counts | undefined, who: string): Newsletter {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    templateId: row.template_id,
    templateName: row.template_name,
    subject: row.subject,
    include: row.include,
    exclude: row.exclude,
    topicId: row.topic_id,
    sendAt: row.send_at?.toISOString() ?? null,
    audience: row.audience,
    expanded: row.expanded_at !== null,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    heldReason: row.held_reason,
    localAt: row.local_at,
    onWeb: row.on_web,
    test: row.test,
    testUntil: row.test_until?.toISOString() ?? null,
    testResult: row.test_result,
    sender: row.sender,
    approval: approvalOf(row, who),
    counts: counts ?? NONE,
  }
}

async function found(ctx: Ctx, id: string): Promise<NewsletterRow> {
  const row = await findNewsletter(ctx.db, id)
  return row ?? refuse('missing', 'newsletter.missing', { message: 'This newsletter does not exist.' })
}

/** As it stands in this very transaction. */
const one = async (ctx: Ctx, id: string): Promise<Newsletter> =>
  shown(await found(ctx, id), (await countStates(ctx.db, [id])).get(id), whoOf(ctx))

export async function locked(ctx: Ctx, id: string): Promise<NewsletterRow> {
  const row = await findNewsletter(ctx.db, id, true)
  return row ?? refuse('missing', 'newsletter.missing', { message: 'This newsletter does not exist.' })
}

export async function list(ctx: Ctx, input: Ask<'list'>) {
  const after = readCursor(input.cursor)
  const rows = await listNewsletters(ctx.db, after && { at: new Date(after[0] ?? ''), id: after[1] ?? '' }, input.limit + 1)
  const counts = await figuresOf(ctx, rows)
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => shown(row, counts.get(row.id), whoOf(ctx))),
    next: rows.length > input.limit && last ? cursorOf(last.created_at.toISOString(), last.id) : null,
  }
}

export async function get(ctx: Ctx, { id }: Ask<'get'>): Promise<Newsletter> {
  const row = await found(ctx, id)
  return shown(row, (await figuresOf(ctx, [row])).get(id), whoOf(ctx))
}

/** How many people that is, how many of them a mail can reach, and why not the others. */
export async function audience(ctx: Ctx, input: { include: readonly string[]; exclude: readonly string[]; topicId: string | null }) {
  const groups = await groupAudience(ctx.db, { ...input, now: ctx.now })
  const reasons = new Map<string, number>()
  for (const group of groups) {
    const reason = reasonOf(group)
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + group.n)
  }
  const total = groups.reduce((n, group) => n + group.n, 0)
  const lost = [...reasons.values()].reduce((n, count) => n + count, 0)
  return {
    people: total,
    reachable: total - lost,
    reasons: [...reasons].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
  }
}

/** Why nobody of a group is reached; null for those who are. */
export function reasonOf(group: AudienceState): string | null {
  const person = {
    identified: true,
    status: group.status,
    mail: group.has_mail ? 'x' : null,
    mailStop: group.mail_stop,
    mailBasis: group.has_basis ? 1 : 0,
    proof: group.has_basis,
    paused: group.paused,
  }
  return mayReach(person, 'marketing') ?? (group.topic ? 'topic' : null)
}

export async function create(ctx: Ctx, input: Ask<'create'>): Promise<Newsletter> {
  await assertWords(ctx, input)
  const id = ctx.id()
  await putNewsletter(ctx.db, id, input, ctx.now)
  return one(ctx, id)
}

export async function update(ctx: Ctx, input: Ask<'update'>): Promise<Newsletter> {
  const row = await locked(ctx, input.id)
  if (row.status !== 'draft')
    refuse('conflict', 'newsletter.begun', { message: 'This newsletter is already on its way. Cancel it or make a new one.' })
  await assertWords(ctx, input, row)
  await putNewsletter(ctx.db, input.id, input, ctx.now)
  return one(ctx, input.id)
}

/** What it says, and what the other half of a test says. */
async function assertWords(ctx: Ctx, { templateId, test }: Ask<'create'>, was?: NewsletterRow): Promise<void> {
  await assertTemplate(ctx, 'templateId', templateId, was?.template_id)
  if (test?.on === 'body' && test.templateId) await assertTemplate(ctx, 'test', test.templateId, was?.test?.templateId)
}

/** A template that is there, and that whoever chooses it is let see; one a colleague has chosen may stay. */
async function assertTemplate(ctx: Ctx, field: 'templateId' | 'test', id: string, was?: string): Promise<void> {
  if (id !== was) await assertTemplates(ctx, [id], 'view')
  const template = await findTemplate(ctx.db, id)
  if (!template || template.archived_at) refuse('invalid', 'newsletter.template', { message: 'Choose a template that exists.', field })
}

const SAYS: Readonly<Record<StartFault, string>> = {
  state: 'This newsletter has already begun.',
  approval: 'A second person has not said yes to this newsletter as it is now.',
  template: 'Its template was put away. Choose another one.',
  segment:
    '宛先または除外に選んだセグメントが削除されています。選び直してください / One of its segments was put away. Look at whom it goes to once more.',
  legal: 'The company profile lacks what the law wants in every mail: legal name, postal address and contact address.',
  sender: 'No sender address is set. Set one under mail settings or in the company profile.',
  private:
    'メール内のリンクの先頭になるアドレス（PUBLIC_URL）に外部から接続できないため、配信停止ができません。インターネットから開けるhttpsのアドレスを設定してください / Nobody outside can follow links in mails, so nobody could unsubscribe: set PUBLIC_URL to an https address that is open to the internet.',
  unaligned:
    'Receivers cannot tell that the sender address is yours: neither DKIM nor SPF stands behind its domain. See the sending domain in the mail settings.',
  unchecked: 'The records of the sending domain could not be looked up. Check them in the mail settings and try again.',
  'audience.empty': 'Nobody is in these segments.',
  'audience.changed': 'The number of people has changed. Look at it once more and confirm.',
}

/** Starts now or at an hour. The version in force now is frozen; a marketer's later edit does not change this newsletter. */
export async function start(ctx: Ctx, input: Ask<'start'>, variant: Variant | null = null): Promise<Newsletter> {
  const row = await locked(ctx, input.id)
  const template = await findTemplate(ctx.db, row.template_id)
  const company = await companyProfile(ctx)
  const rules = await readRules(ctx)
  const crowd = await audience(ctx, { include: row.include, exclude: row.exclude, topicId: row.topic_id })
  const fault = maySend({
    status: row.status,
    legalMissing: missingLegalFields(company),
    senderAddress: senderAddress(await readMail(ctx), company),
    domain: await bulkFault(ctx),
    templateGone: !template || template.archived_at !== null,
    segmentGone: !(await holdSegments(ctx.db, [...row.include, ...row.exclude])),
    people: crowd.people,
    reachable: crowd.reachable,
    confirmed: input.confirmed,
    unapproved: rules.approval && (row.approved_at === null || row.approved_version !== template?.version_id),
  })
  if (fault || !template)
    refuse(fault === 'state' ? 'conflict' : 'unprocessable', `newsletter.${fault ?? 'template'}`, { message: SAYS[fault ?? 'template'] })
  if (row.test && input.localAt)
    refuse('unprocessable', 'newsletter.testLocal', { message: 'A test goes out at one instant for all, not at each reader’s own hour.' })
  const sendAt = beginOf(input, ctx.now, rules.zoneField ? null : company.timeZone)
  if (!sendAt)
    return refuse('unprocessable', 'newsletter.past', {
      message: '配信日時が過ぎています。これからの日時を選んでください / This hour is over. Choose one that is still to come.',
      field: input.localAt ? 'localAt' : 'sendAt',
    })
  const testVersion = row.test ? await versionOfB(ctx, row.test, template, variant) : null
  await markUsed(ctx.db, [template.version_id, ...(testVersion ? [testVersion] : [])], ctx.now)
  await schedule(
    ctx.db,
    {
      id: row.id,
      versionId: template.version_id,
      audience: crowd.people,
      sendAt,
      localAt: input.localAt ?? null,
      testVersion,
      testUntil: row.test ? untilOf(row.test, sendAt) : null,
    },
    ctx.now,
  )
  return changed(ctx, row.id)
}

/** As `start`; the words of a test's other half are compiled before the transaction. */
export async function begin(door: Door, input: Ask<'start'>): Promise<Newsletter> {
  await refresh(door)
  const variant = await variantOf(door, input.id)
  return door.tx((ctx) => start(ctx, input, variant))
}

export async function changed(ctx: Ctx, id: string): Promise<Newsletter> {
  await announce(ctx, 'newsletter', { id })
  ctx.afterCommit(wakeSender)
  return one(ctx, id)
}

async function act(
  ctx: Ctx,
  id: string,
  what: 'pause' | 'resume' | 'cancel',
  status: 'paused' | 'sending' | 'cancelled',
): Promise<Newsletter> {
  const row = await locked(ctx, id)
  if (!mayDo(what, row.status)) refuse('conflict', 'newsletter.state', { message: 'In its present state this cannot be done.' })
  await setStatus(ctx.db, id, status, ctx.now)
  if (what === 'cancel') await ctx.house.jobs.enqueue(ctx, cancelJob, { id })
  return changed(ctx, id)
}

export const pause = (ctx: Ctx, { id }: Ask<'pause'>): Promise<Newsletter> => act(ctx, id, 'pause', 'paused')
export const resume = (ctx: Ctx, { id }: Ask<'resume'>): Promise<Newsletter> => act(ctx, id, 'resume', 'sending')
export const cancel = (ctx: Ctx, { id }: Ask<'cancel'>): Promise<Newsletter> => act(ctx, id, 'cancel', 'cancelled')

/** Names of newsletters that are still to be sent by a segment. */
export const segmentReaders = (ctx: Ctx, segment: string): Promise<string[]> => namesReading(ctx.db, segment)

export async function remove(ctx: Ctx, { id }: Ask<'remove'>): Promise<{ ok: true }> {
  const row = await locked(ctx, id)
  if (row.status !== 'draft') refuse('conflict', 'newsletter.begun', { message: 'Only a draft can be deleted.' })
  await deleteNewsletter(ctx.db, id)
  return { ok: true }
}
