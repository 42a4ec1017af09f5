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
import { countPersonas, countVersions, listReportPeople, type Mails, type VersionFigures } from './queries.ts'

type Ask<K extends keyof typeof templateReportContract> = InputOf<(typeof templateReportContract)[K]>

const KEYS = figures.keyof().options
const figuresOf = (row: Figures): Figures => Object.fromEntries(KEYS.map((key) => [key, row[key]])) as Figures
const added = (all: readonly Figures[]): Figures =>
  Object.fromEntries(KEYS.map((key) => [key, all.reduce((sum, one) => sum + one[key], 0)])) as Figures

/** The report of a template: nobody has to set it up, it is read from what was sent. */
export async function get(ctx: Ctx, { id }: Ask<'get'>) {
  const template = await load(ctx, id)
  const versions = await listVersions(ctx.db, id)
  const counted = await countVersions(
    ctx.db,
    versions.map((version) => version.id),
  )
  const byVersion = new Map(counted.map((row) => [row.version_id, row]))
  const sent = versions.filter((version) => byVersion.has(version.id))
  const editions = sent.map((version, i) => editionOf(version, sent[i + 1], byVersion))
  const total = added(counted.map(figuresOf))
  return { name: template.name, total: { figures: total, rates: ratesOf(total) }, editions }
}

function editionOf(version: VersionRow, before: VersionRow | undefined, byVersion: ReadonlyMap<string, VersionFigures>): Edition {
  const row = byVersion.get(version.id) as VersionFigures
  const figures = figuresOf(row)
  const older = before && byVersion.get(before.id)
  const against = (key: 'opened' | 'clicked' | 'converted') =>
    older ? tell({ k: row[key], n: row.sent }, { k: older[key], n: older.sent }) : null
  return {
    edition: version.edition,
    versionId: version.id,
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
  const mails = await mailsOf(ctx, id, newsletterId)
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
async function mailsOf(ctx: Ctx, id: string, newsletter: string | undefined): Promise<Mails> {
  if (newsletter === undefined) await load(ctx, id)
  else if ((await findNewsletter(ctx.db, newsletter))?.template_id !== id)
    refuse('missing', 'newsletter.missing', { message: 'This newsletter does not exist.' })
  return { versions: (await listVersions(ctx.db, id)).map((version) => version.id), newsletter }
}

/** The people behind a number, one mail each. */
export async function people(ctx: Ctx, input: Ask<'people'>) {
  const { newsletter } = await mailsOf(ctx, input.id, input.newsletterId)
  const versions = await listVersions(ctx.db, input.id)
  const chosen = versions.filter((version) => input.versionId === undefined || version.id === input.versionId)
  if (!chosen.length) refuse('missing', 'template.version', { message: 'この版はありません / This version does not exist.' })
  const [bucket, pair] = readCursor(input.cursor) ?? []
  const [personId, id] = pair?.split('/') ?? []
  const rows = await listReportPeople(ctx.db, {
    versions: chosen.map((version) => version.id),
    newsletter,
    of: input.of,
    persona: input.personaId === 'none' ? null : input.personaId,
    after: id === undefined ? null : { bucket: Number(bucket), personId: personId ?? '', id },
    limit: input.limit + 1,
  })
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  const edition = new Map(versions.map((version) => [version.id, version.edition]))
  return {
    items: items.map((row) => ({
      personId: row.person_id,
      deliveryId: row.id,
      name: row.name,
      company: row.company_name ?? '',
      edition: edition.get(row.version_id) ?? 0,
      status: row.status,
      reason: row.reason ?? '',
      sentAt: row.sent_at?.toISOString() ?? null,
      openedAt: row.opened_at?.toISOString() ?? null,
      clickedAt: row.clicked_at?.toISOString() ?? null,
    })),
    next: rows.length > input.limit && last ? cursorOf(String(last.bucket), `${last.person_id}/${last.id}`) : null,
  }
}
