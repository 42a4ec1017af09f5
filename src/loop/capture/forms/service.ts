import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { customFields } from '#loop/identify/fields/service.ts'
import { type FormDetail, type FormRow, type FormSpec, formSpec } from './contract.ts'
import { flawsOf, inWords, type Language } from './decide.ts'
import * as queries from './queries.ts'
import { formTree, pageHtml } from './render.ts'
import { templates } from './templates.ts'

/** The forms, the one changed last first. */
export async function listForms(
  ctx: Ctx,
  input: { cursor?: string | undefined; limit: number },
): Promise<{ items: FormRow[]; next: string | null }> {
  const rows = await queries.listForms(ctx.db, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return { items: shown.map(rowOf), next: rows.length > input.limit && last ? encodeCursor(last.changed_at, last.id) : null }
}

function rowOf(row: queries.FormListRow): FormRow {
  const draft = formSpec.parse(row.draft)
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    version: row.version,
    dirty: JSON.stringify(row.live) !== JSON.stringify(row.draft),
    changedAt: row.changed_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
    submissions: Number(row.submissions),
    lastSubmissionAt: row.last_at?.toISOString() ?? null,
    source: draft.source,
  }
}

async function found(ctx: Ctx, id: string): Promise<queries.FormListRow> {
  const row = await queries.findForm(ctx.db, id)
  if (!row) refuse('missing', 'form.unknown', { message: 'フォームが見つかりません / There is no such form.' })
  return row
}

const THIRTY_DAYS = 30 * 86_400_000

/** A form with its draft, what stands in the way of publishing it, and what was turned away in the last 30 days. */
export async function getForm(ctx: Ctx, input: { id: string }): Promise<FormDetail> {
  const row = await found(ctx, input.id)
  const spec = formSpec.parse(row.draft)
  const since = new Date(ctx.now.getTime() - THIRTY_DAYS).toISOString().slice(0, 10)
  return {
    ...rowOf(row),
    spec,
    problems: flawsOf(spec, await customKeys(ctx)),
    hostedUrl: `${ctx.house.publicUrl}/f/${row.id}`,
    drops: await queries.listDrops(ctx.db, row.id, since),
  }
}

const customKeys = async (ctx: Ctx): Promise<string[]> => (await customFields(ctx)).map((field) => field.key)

export async function createForm(ctx: Ctx, input: { name: string; template: keyof typeof templates }): Promise<{ id: string }> {
  const id = ctx.id()
  await queries.insertForm(ctx.db, {
    id,
    name: input.name,
    status: 'draft',
    draft: templates[input.template](),
    changed_at: ctx.now,
    published_at: null,
    created_at: ctx.now,
    made_by: actorName(ctx),
  })
  return { id }
}

export async function saveForm(ctx: Ctx, input: { id: string; name: string; spec: FormSpec }): Promise<FormDetail> {
  if (!(await queries.updateDraft(ctx.db, input.id, input.name, input.spec, ctx.now)))
    refuse('missing', 'form.unknown', { message: 'フォームが見つかりません / There is no such form.' })
  return getForm(ctx, input)
}

/** Shows the draft to visitors. @throws Refusal `form.unfit` with a reason per field, as `flawsOf` finds them (CAP-04) */
export async function publishForm(ctx: Ctx, input: { id: string }): Promise<FormDetail> {
  const { problems } = await getForm(ctx, input)
  if (problems.length) refuse('unprocessable', 'form.unfit', { message: problems.map((one) => one.reason).join(' · '), errors: problems })
  await queries.publishDraft(ctx.db, input.id, ctx.now, actorName(ctx))
  await announce(ctx, 'forms', { id: input.id })
  return getForm(ctx, input)
}

export async function closeForm(ctx: Ctx, input: { id: string }): Promise<FormDetail> {
  await found(ctx, input.id)
  await queries.setStatus(ctx.db, input.id, 'closed', ctx.now)
  return getForm(ctx, input)
}

/** Deletes a form; one that was submitted is evidence of consent and can only be closed. */
export async function removeForm(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await found(ctx, input.id)
  if (Number(row.submissions) > 0)
    refuse('conflict', 'form.used', {
      message: '送信のあるフォームは削除できません。公開を終了してください / A form with submissions cannot be deleted: close it.',
    })
  await queries.deleteForm(ctx.db, input.id)
  return { ok: true }
}

/** A draft's page by the renderer that visitors get; it sends nothing. */
export function previewForm(_ctx: Ctx, input: { spec: FormSpec; language: Language; dark: boolean }): { html: string } {
  const tree = formTree(input.spec, { language: input.language, action: 'about:blank' })
  return {
    html: pageHtml(inWords(input.spec.title, input.language), tree, {
      language: input.language,
      nonce: 'preview',
      company: '',
      scheme: input.dark ? 'dark' : 'light',
    }),
  }
}

/** Who submitted a form, newest first. */
export async function listSubmissions(ctx: Ctx, input: { id: string; cursor?: string | undefined; limit: number }) {
  await found(ctx, input.id)
  const rows = await queries.listSubmissions(ctx.db, input.id, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      personId: row.person_id,
      name: [row.family_name, row.given_name].filter(Boolean).join(' ') || row.company_name || row.mail || '—',
      at: row.at.toISOString(),
      version: row.version,
      outcome: row.outcome,
      page: row.page,
      answers: (row.answers as { label: string; value: string }[]).map(({ label, value }) => ({ label, value })),
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
