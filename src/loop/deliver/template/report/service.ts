import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { listPersonas } from '#loop/segment/personas/queries.ts'
import { cursorOf, readCursor } from '../../cursor.ts'
import { findNewsletter } from '../../newsletter/queries.ts'
import { listVersions, type VersionRow } from '../queries.ts'
import { load } from '../service.ts'
import { type Edition, type Figures, figures, type PersonaResult, type templateReportContract } from './contract.ts'
import { againstRest, ratesOf, tell } from './decide.ts'
import { countPersonas, countVersions, listReportPeople, listTrialVersions, type TrialVersion, type VersionFigures } from './queries.ts'

type Ask<K extends keyof typeof templateReportContract> = InputOf<(typeof templateReportContract)[K]>

const KEYS = figures.keyof().options
const figuresOf = (row: Figures): Figures => Object.fromEntries(KEYS.map((key) => [key, row[key]])) as Figures
const added = (all: readonly Figures[]): Figures =>
  Object.fromEntries(KEYS.map((key) => [key, all.reduce((sum, one) => sum + one[key], 0)])) as Figures

/** The report of a template: nobody has to set it up, it is read from what was sent. */
export async function get(ctx: Ctx, { id }: Ask<'get'>) {
  const template = await load(ctx, id)
  const versions = await versionsOf(ctx, id)
  const counted = await countVersions(ctx.db, { template: id, versions: versions.map((version) => version.id) })
  const byVersion = new Map(counted.map((row) => [row.version_id, row]))
  const sent = versions.filter((version) => byVersion.has(version.id))
  const editions = sent.map((version, i) => {
    const older = sent.slice(i + 1)
    return editionOf(version, older.find(version.trial ? ({ id }) => id === version.beside : ({ trial }) => !trial), byVersion)
  })
  const total = added(counted.map(figuresOf))
  return { name: template.name, total: { figures: total, rates: ratesOf(total) }, editions }
}

interface Version extends Pick<VersionRow, 'id' | 'edition' | 'subject' | 'created_at'> {
  /** What it differs in where it was the B of a test; null: an edition of the template itself. */
  readonly trial: TrialVersion['differs'] | null
  readonly beside: string | null
}

/** The versions of a template, newest first, each after the B's that were tried beside it. */
async function versionsOf(ctx: Ctx, id: string): Promise<Version[]> {
  const tried = Map.groupBy(await listTrialVersions(ctx.db, id), (one) => one.beside)
  return (await listVersions(ctx.db, id)).flatMap((version) => [
    ...(tried.get(version.id) ?? []).map(({ differs, ...b }) => ({ ...b, edition: version.edition, trial: differs })),
    { ...version, trial: null, beside: null },
  ])
}

function editionOf(version: Version, before: Version | undefined, byVersion: ReadonlyMap<string, VersionFigures>): Edition {
  const row = byVersion.get(version.id) as VersionFigures
  const figures = figuresOf(row)
  const older = before && byVersion.get(before.id)
  const against = (key: 'opened' | 'clicked' | 'converted') =>
    older ? tell({ k: row[key], n: row.sent }, { k: older[key], n: older.sent }) : null
  return {
    edition: version.edition,
    versionId: version.id,
    trial: version.trial,
    subject: version.subject,
    createdAt: version.created_at.toISOString(),
    firstSentAt: row.first_at?.toISOString() ?? null,
    lastSentAt: row.last_at?.toISOString() ?? null,
    figures,
    rates: ratesOf(figures),
    against: {
      opened: against('opened'),
      clicked: against('clicked'),
      converted: against('converted'),
      undelivered: older ? tell({ k: row.undelivered, n: row.tried }, { k: older.undelivered, n: older.tried }, 'down') : null,
    },
  }
}

/** How its mails did with each persona; those of whom nobody got one stand there with nothing. */
export async function personas(ctx: Ctx, { id, newsletterId }: Ask<'personas'>): Promise<{ items: PersonaResult[] }> {
  const versions = await demand(ctx, id, newsletterId)
  const mails = { template: id, versions: versions.map((version) => version.id), newsletter: newsletterId }
  const known = await listPersonas(ctx.db)
  const found = new Map((await countPersonas(ctx.db, mails)).map((row) => [row.persona_id, figuresOf(row)]))
  const none = added([])
  const all = added([...found.values()])
  const shown = [...known.map((one) => ({ id: one.id as string | null, name: one.name })), { id: null, name: '' }]
  return {
    items: known.length
      ? shown.map((one) => {
          const own = found.get(one.id) ?? none
          return { personaId: one.id, name: one.name, figures: own, rates: ratesOf(own), against: againstRest(own, all) }
        })
      : [],
  }
}

/**
 * Whoever may read newsletters may read what became of one, whatever folder its template lies in.
 * @throws Refusal for a newsletter that is not made of this template
 */
async function demand(ctx: Ctx, id: string, newsletter: string | undefined): Promise<Version[]> {
  if (newsletter === undefined) await load(ctx, id)
  else if ((await findNewsletter(ctx.db, newsletter))?.template_id !== id)
    refuse('missing', 'newsletter.missing', { message: 'This newsletter does not exist.' })
  return versionsOf(ctx, id)
}

/** The people behind a number, one mail each. */
export async function people(ctx: Ctx, input: Ask<'people'>) {
  const versions = await demand(ctx, input.id, input.newsletterId)
  const chosen = versions.filter((version) => input.versionId === undefined || version.id === input.versionId)
  if (!chosen.length) refuse('missing', 'template.version', { message: 'この版はありません / This version does not exist.' })
  const [bucket, pair] = readCursor(input.cursor) ?? []
  const [personId, id] = pair?.split('/') ?? []
  const rows = await listReportPeople(ctx.db, {
    template: input.id,
    versions: chosen.map((version) => version.id),
    newsletter: input.newsletterId,
    of: input.of,
    persona: input.personaId === 'none' ? null : input.personaId,
    after: id === undefined ? null : { bucket: Number(bucket), personId: personId ?? '', id },
    limit: input.limit + 1,
  })
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  const edition = new Map(versions.map((version) => [version.id, version]))
  return {
    items: items.map((row) => ({
      personId: row.person_id,
      deliveryId: row.id,
      name: row.name,
      company: row.company_name ?? '',
      edition: edition.get(row.version_id)?.edition ?? 0,
      isB: (edition.get(row.version_id)?.trial ?? null) !== null,
      status: row.status,
      reason: row.reason ?? '',
      sentAt: row.sent_at?.toISOString() ?? null,
      openedAt: row.opened_at?.toISOString() ?? null,
      clickedAt: row.clicked_at?.toISOString() ?? null,
    })),
    next: rows.length > input.limit && last ? cursorOf(String(last.bucket), `${last.person_id}/${last.id}`) : null,
  }
}
