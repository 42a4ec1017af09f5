import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { resolveSubject } from '#loop/identify/service.ts'
import { cursorOf, readCursor } from '../cursor.ts'
import { contextOf } from '../sender/context.ts'
import { loadRecipients, loadSegmentFlags, type Recipient } from '../sender/queries.ts'
import { outfit } from '../sender/settings.ts'
import type { Compiled } from './compile.ts'
import { type Draft, draft as draftSchema, type TemplateDetail, type TemplateSummary, type templatesContract } from './contract.ts'
import { loadFacts, sampleFacts, spokenIn } from './factFields.ts'
import { assertFolder, shelvesFor } from './folders/service.ts'
import { compile, type Rendered, render, TemplateFault } from './kitchen.ts'
import {
  archiveTemplate,
  findTemplate,
  insertTemplate,
  listTemplates,
  listVersions,
  lockTemplate,
  putVersion,
  type TemplateFull,
  type TemplateRow,
  updateTemplate,
} from './queries.ts'
import { SAMPLE, untracked } from './sample.ts'
import { plainOf } from './text.ts'
import { warnedPlaces } from './warn.ts'

type Ask<K extends keyof typeof templatesContract> = InputOf<(typeof templatesContract)[K]>

function summary(row: TemplateRow): TemplateSummary {
  return {
    id: row.id,
    name: row.name,
    subject: row.subject,
    version: row.version,
    edition: row.edition,
    sent: row.used_at !== null,
    folderId: row.folder_id,
    updatedAt: row.updated_at.toISOString(),
  }
}

/** A template the actor may see, or change; one in a folder kept from them does not exist for them. */
export async function load(ctx: Ctx, id: string, wanted: 'view' | 'edit' = 'view'): Promise<TemplateFull> {
  const row = await findTemplate(ctx.db, id)
  if (!row) return refuse('missing', 'template.missing', { message: 'このテンプレートはありません / This template does not exist.' })
  await assertFolder(ctx, row.folder_id, wanted)
  return row
}

/** Compiles, or refuses with what is wrong. Runs before any transaction: it takes tens of milliseconds. */
export async function compileOrRefuse(draft: Draft): Promise<Compiled> {
  try {
    const compiled = await compile(draft)
    await render('', compiled, [{}])
    return compiled
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error
    return refuse('unprocessable', 'template.fault', { message: error.message, field: 'draft' })
  }
}

export async function list(ctx: Ctx, input: Ask<'list'>) {
  const after = readCursor(input.cursor)
  const rows = await listTemplates(ctx.db, {
    after: after && { at: new Date(after[0] ?? ''), id: after[1] ?? '' },
    limit: input.limit + 1,
    search: input.search || null,
    folder: input.folder === 'none' ? null : input.folder,
    hidden: (await shelvesFor(ctx)).hidden,
  })
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  return {
    items: items.map(summary),
    next: rows.length > input.limit && last ? cursorOf(last.updated_at.toISOString(), last.id) : null,
  }
}

export async function get(ctx: Ctx, { id }: Ask<'get'>): Promise<TemplateDetail> {
  const row = await load(ctx, id)
  const mine = (await shelvesFor(ctx)).level(row.folder_id) === 'edit' ? 'edit' : 'view'
  return { ...summary(row), versionId: row.version_id, draft: row.draft, warnings: row.warnings, mine }
}

/** Makes a template from compiled blocks; the first version is number 1. */
export async function make(
  ctx: Ctx,
  input: { readonly name: string; readonly draft: Draft; readonly folderId?: string | null },
  compiled: Compiled,
): Promise<TemplateDetail> {
  const folderId = input.folderId ?? null
  await assertFolder(ctx, folderId, 'edit')
  const id = ctx.id()
  const versionId = ctx.id()
  await insertTemplate(ctx.db, { id, name: input.name, versionId, folderId }, ctx.now)
  await putVersion(ctx.db, { id: versionId, templateId: id, version: 1, draft: input.draft, compiled }, ctx.now)
  return get(ctx, { id })
}

export async function create(door: Door, input: Ask<'create'>): Promise<TemplateDetail> {
  const compiled = await compileOrRefuse(input.draft)
  return door.tx((ctx) => make(ctx, input, compiled))
}

export async function update(door: Door, input: Ask<'update'>): Promise<TemplateDetail> {
  const compiled = await compileOrRefuse(input.draft)
  return door.tx((ctx) => save(ctx, input, compiled))
}

/** Each saved change is a version of its own id, so nothing that is cached or queued under an id can ever change. */
export async function save(ctx: Ctx, input: Ask<'update'>, compiled: Compiled): Promise<TemplateDetail> {
  await lockTemplate(ctx.db, input.id)
  const row = await load(ctx, input.id, 'edit')
  if (row.archived_at) refuse('gone', 'template.archived', { message: 'This template was put away.' })
  if (input.basedOn !== undefined && input.basedOn !== row.version)
    refuse('conflict', 'template.changed', { message: 'Somebody else has saved this template meanwhile. Load it again before you go on.' })
  // The database sorts keys; the schema puts them back in order.
  const same = JSON.stringify(draftSchema.parse(row.draft)) === JSON.stringify(draftSchema.parse(input.draft))
  const versionId = same ? row.version_id : ctx.id()
  if (!same)
    await putVersion(ctx.db, { id: versionId, templateId: row.id, version: row.version + 1, draft: input.draft, compiled }, ctx.now)
  await updateTemplate(ctx.db, { id: row.id, name: input.name, versionId }, ctx.now)
  return get(ctx, { id: row.id })
}

export async function copy(door: Door, { id }: Ask<'copy'>): Promise<TemplateDetail> {
  const row = await door.read((ctx) => load(ctx, id))
  const compiled = await compileOrRefuse(row.draft)
  return door.tx(async (ctx) => {
    // A copy lies beside the original, or loose where the actor may only look.
    const folderId = (await shelvesFor(ctx)).level(row.folder_id) === 'edit' ? row.folder_id : null
    return make(ctx, { name: `${row.name} (2)`.slice(0, 120), draft: row.draft, folderId }, compiled)
  })
}

export async function remove(ctx: Ctx, { id }: Ask<'remove'>): Promise<{ ok: true }> {
  await load(ctx, id, 'edit')
  await archiveTemplate(ctx.db, id, ctx.now)
  return { ok: true }
}

export async function versions(ctx: Ctx, { id }: Ask<'versions'>) {
  await load(ctx, id)
  const rows = await listVersions(ctx.db, id)
  return {
    items: rows.map((row) => ({
      id: row.id,
      version: row.version,
      edition: row.edition,
      subject: row.subject,
      createdAt: row.created_at.toISOString(),
      sent: row.used_at !== null,
    })),
  }
}

/** Whom a draft is rendered for. */
interface Reader {
  readonly personId?: string | undefined
  /** Where the made-up lead is taken to be; left out: in every segment that a block asks for. */
  readonly segments?: readonly string[] | undefined
}

/** A draft as one person would get it, with plain links: nothing in it counts. A real lead reads the blocks that the sender would give them. */
export async function renderDraft(
  door: Door,
  input: Reader & { readonly draft: Draft },
): Promise<Rendered & { readonly warnings: readonly string[]; readonly recipient: Recipient }> {
  const compiled = untracked(await compileOrRefuse(input.draft))
  const keys = spokenIn(compiled.subject, compiled.html, compiled.text)
  const { recipient, frame, facts, segments } = await door.read(async (ctx) => {
    const { frame } = await outfit(ctx)
    const recipient = await recipientOf(ctx, input.personId)
    const facts = input.personId
      ? (await loadFacts(ctx, keys, [recipient], frame.language)).get(recipient.id)
      : await sampleFacts(ctx, keys, frame.language)
    return { recipient, frame, facts, segments: input.personId ? await segmentsOf(ctx, recipient, compiled) : taken(compiled, input) }
  })
  const [mail] = await render('', compiled, [contextOf(frame, recipient, { token: null, purpose: 'marketing', segments, facts })])
  return { ...(mail as Rendered), warnings: compiled.warnings, recipient }
}

const taken = (compiled: Compiled, { segments }: Reader): ReadonlySet<string> => new Set(segments ?? compiled.segments)

/** What the sender asks before a mail of this draft goes to them. */
async function segmentsOf(ctx: Ctx, { bucket, id }: Recipient, { segments }: Compiled): Promise<ReadonlySet<string>> {
  if (!segments.length) return new Set()
  return (await loadSegmentFlags(ctx.db, [{ bucket, person_id: id }], segments)).get(id) ?? new Set()
}

async function recipientOf(ctx: Ctx, personId: string | undefined): Promise<Recipient> {
  if (!personId) return SAMPLE
  const subject = await resolveSubject(ctx, personId)
  const found = subject
    ? (await loadRecipients(ctx.db, [{ bucket: subject.bucket, person_id: subject.id }], ctx.now)).get(subject.id)
    : undefined
  return found ?? refuse('invalid', 'lead.missing', { message: 'This lead does not exist.', field: 'personId' })
}

export async function preview(door: Door, input: Ask<'preview'>) {
  const { subject, html, text, warnings } = await renderDraft(door, input)
  return {
    subject,
    html,
    text,
    plain: plainOf(input.draft),
    bytes: Buffer.byteLength(html),
    warnings: [...warnings],
    places: warnedPlaces(input.draft),
  }
}
