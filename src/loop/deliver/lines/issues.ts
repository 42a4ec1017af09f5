// Issues planned ahead: made, moved, left out, and opened as newsletters.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import type { Door } from '#kernel/serve.ts'
import { create as createNewsletter, get as getNewsletter } from '../newsletter/service.ts'
import type { Compiled } from '../template/compile.ts'
import type { Draft } from '../template/contract.ts'
import { shelvesFor } from '../template/folders/service.ts'
import { compileOrRefuse, load as loadTemplate, make as makeTemplate } from '../template/service.ts'
import type { linesContract } from './contract.ts'
import { dueOf, slotFor } from './decide.ts'
import { findIssue, type IssueRow, insertIssues, isPlaced, type LineRow, updateIssue } from './queries.ts'
import { assertOwner, freeSlots, type Loaded, lineOf, loadLines, ruleOf, standing, type Today, todayOf } from './service.ts'

type Ask<K extends keyof typeof linesContract> = InputOf<(typeof linesContract)[K]>

async function loadedOf(ctx: Ctx, id: string): Promise<{ at: Today; loaded: Loaded }> {
  const at = await todayOf(ctx)
  const [loaded] = await loadLines(ctx, at, [await lineOf(ctx, id, true)])
  return { at, loaded: loaded as Loaded }
}

/** Plans the next days of the rhythm that are free. */
export async function plan(ctx: Ctx, { id, count }: Ask<'plan'>): Promise<{ items: string[] }> {
  const { at, loaded } = await loadedOf(ctx, id)
  const rows = freeSlots(loaded, count, at).map(({ slot, day }) => ({
    id: ctx.id(),
    lineId: id,
    slot,
    day,
    theme: '',
    content: '',
    ownerId: null,
    dueOn: dueOf(day, loaded.row.draft_days, at),
    newsletterId: null,
  }))
  if (rows.length) await insertIssues(ctx.db, rows, ctx.now)
  await announce(ctx, 'newsletterLine', { id })
  return { items: rows.map((row) => row.id) }
}

/** Plans one issue. It stands for the nearest day of the rhythm that is free, if there is one. */
export async function addIssue(ctx: Ctx, input: Ask<'addIssue'>): Promise<{ id: string }> {
  const { at, loaded } = await loadedOf(ctx, input.lineId)
  await assertOwner(ctx, input.ownerId)
  if (input.newsletterId) {
    await getNewsletter(ctx, { id: input.newsletterId })
    if (await isPlaced(ctx.db, input.newsletterId))
      refuse('conflict', 'issue.placed', {
        message: 'このメルマガはすでに予定に入っています / This newsletter is in the plan already.',
        field: 'newsletterId',
      })
  }
  const id = ctx.id()
  const row = {
    id,
    lineId: input.lineId,
    slot: slotFor(ruleOf(loaded.row), loaded.facts, input.day, at),
    day: input.day,
    theme: input.theme,
    content: input.content,
    ownerId: input.ownerId,
    dueOn: input.dueOn ?? dueOf(input.day, loaded.row.draft_days, at),
    newsletterId: input.newsletterId,
  }
  await insertIssues(ctx.db, [row], ctx.now)
  await announce(ctx, 'newsletterLine', { id: input.lineId })
  return { id }
}

/** An issue that is in the plan. @throws Refusal `issue.missing` */
async function issueOf(ctx: Ctx, id: string, lock = true): Promise<{ row: IssueRow; line: LineRow }> {
  const row = await findIssue(ctx.db, id, lock)
  if (!row || row.removed_at) return refuse('missing', 'issue.missing', { message: 'この予定はありません / There is no such issue.' })
  return { row, line: await lineOf(ctx, row.line_id) }
}

/** What has an hour, or went out, is not moved by a plan. */
function assertMovable(row: IssueRow): void {
  const state = standing(row)
  if (state === 'scheduled' || state === 'sent')
    refuse('conflict', 'issue.begun', {
      message:
        '予約済み・配信済みの号は動かせません。メルマガの予約を取り消してください / This issue has its hour or went out. Cancel its newsletter first.',
    })
}

async function changed(ctx: Ctx, row: IssueRow, change: Parameters<typeof updateIssue>[2]): Promise<{ ok: true }> {
  await updateIssue(ctx.db, row.id, change)
  await announce(ctx, 'newsletterLine', { id: row.line_id })
  return { ok: true }
}

export async function update(ctx: Ctx, input: Ask<'updateIssue'>): Promise<{ ok: true }> {
  const { row, line } = await issueOf(ctx, input.id)
  await assertOwner(ctx, input.ownerId, row.owner_id)
  if (input.day !== row.day) assertMovable(row)
  const dueOn = input.dueOn ?? dueOf(input.day, line.draft_days, await todayOf(ctx))
  return changed(ctx, row, { day: input.day, theme: input.theme, content: input.content, owner_id: input.ownerId, due_on: dueOn })
}

/** To another day. It keeps the day of the rhythm it stands for, so a plan that slips is seen to slip. */
export async function move(ctx: Ctx, { id, day }: Ask<'moveIssue'>): Promise<{ ok: true }> {
  const { row, line } = await issueOf(ctx, id)
  if (day === row.day) return { ok: true }
  assertMovable(row)
  return changed(ctx, row, { day, due_on: dueOf(day, line.draft_days, await todayOf(ctx)) })
}

export async function skip(ctx: Ctx, input: Ask<'skipIssue'>): Promise<{ ok: true }> {
  const { row } = await issueOf(ctx, input.id)
  if (input.skip) assertMovable(row)
  return changed(ctx, row, { skipped: input.skip })
}

export async function remove(ctx: Ctx, { id }: Ask<'removeIssue'>): Promise<{ ok: true }> {
  const { row } = await issueOf(ctx, id)
  return changed(ctx, row, { removed_at: ctx.now })
}

/** Back into the plan. Where another issue has taken its day of the rhythm meanwhile, it stands beside the rhythm. */
export async function restore(ctx: Ctx, { id }: Ask<'restoreIssue'>): Promise<{ ok: true }> {
  const row = await findIssue(ctx.db, id, true)
  if (!row) return refuse('missing', 'issue.missing', { message: 'この予定はありません / There is no such issue.' })
  if (!row.removed_at) return { ok: true }
  const { loaded } = await loadedOf(ctx, row.line_id)
  const isTaken = loaded.issues.some((other) => other.slot !== null && other.slot === row.slot)
  const isElsewhere = row.newsletter_id !== null && (await isPlaced(ctx.db, row.newsletter_id))
  return changed(ctx, row, { removed_at: null, ...(isTaken ? { slot: null } : {}), ...(isElsewhere ? { newsletter_id: null } : {}) })
}

/** The newsletter of an issue. Where there is none, one is made: with a copy of the line's template, so that each issue has words of its own. */
export async function open(door: Door, { id }: Ask<'open'>): Promise<{ newsletterId: string; templateId: string; made: boolean }> {
  const kit = await door.read((ctx) => kitOf(ctx, id))
  const compiled = kit && (await compileOrRefuse(kit.draft))
  return door.tx((ctx) => openIn(ctx, id, kit && compiled ? { ...kit, compiled } : null))
}

/** It has its newsletter; one that was called off before it began is none. */
const isOpened = (row: IssueRow): row is IssueRow & { newsletter_id: string } => row.newsletter_id !== null && standing(row) !== 'cancelled'

interface Kit {
  readonly draft: Draft
  readonly folderId: string | null
}

/** What a new issue begins from; null when it is there already. */
async function kitOf(ctx: Ctx, id: string): Promise<Kit | null> {
  const { row, line } = await issueOf(ctx, id, false)
  if (isOpened(row)) return null
  if (!line.template_id)
    return refuse('unprocessable', 'issue.template', {
      message: '定期メルマガの設定でテンプレートを選んでください / Choose a template in the settings of the line.',
      field: 'templateId',
    })
  if (!line.include.length)
    return refuse('unprocessable', 'issue.people', {
      message: '定期メルマガの設定で宛先のセグメントを選んでください / Choose segments in the settings of the line.',
      field: 'include',
    })
  const template = await loadTemplate(ctx, line.template_id)
  if (template.archived_at)
    refuse('unprocessable', 'issue.template', {
      message:
        'テンプレートが削除されています。定期メルマガの設定で選び直してください / Its template was put away. Choose another one in the settings of the line.',
      field: 'templateId',
    })
  // A copy lies beside the original, or loose where the actor may only look.
  const folderId = (await shelvesFor(ctx)).level(template.folder_id) === 'edit' ? template.folder_id : null
  return { draft: template.draft, folderId }
}

async function openIn(
  ctx: Ctx,
  id: string,
  kit: (Kit & { readonly compiled: Compiled }) | null,
): Promise<{ newsletterId: string; templateId: string; made: boolean }> {
  const { row, line } = await issueOf(ctx, id)
  if (isOpened(row)) {
    const { templateId } = await getNewsletter(ctx, { id: row.newsletter_id })
    return { newsletterId: row.newsletter_id, templateId, made: false }
  }
  if (!kit)
    return refuse('conflict', 'issue.changed', { message: 'もう一度お試しください / Its newsletter has changed meanwhile. Try again.' })
  const name = [line.name, row.theme || row.day].join(' ').slice(0, 120)
  const template = await makeTemplate(ctx, { name, draft: kit.draft, folderId: kit.folderId }, kit.compiled)
  const made = await createNewsletter(ctx, {
    name,
    templateId: template.id,
    include: line.include,
    exclude: line.exclude,
    topicId: line.topic_id,
    sender: line.sender,
  })
  await changed(ctx, row, { newsletter_id: made.id })
  return { newsletterId: made.id, templateId: template.id, made: true }
}
