// The report of a newsletter: figures, the mail with its clicks, the people behind each number, and what can be made of them.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { cursorOf, readCursor } from '#loop/deliver/cursor.ts'
import { findNewsletter, type NewsletterRow } from '#loop/deliver/newsletter/queries.ts'
import { create as createNewsletter } from '#loop/deliver/newsletter/service.ts'
import { contextOf } from '#loop/deliver/sender/context.ts'
import { outfit } from '#loop/deliver/sender/settings.ts'
import { render } from '#loop/deliver/template/kitchen.ts'
import { loadVersions, type VersionSource } from '#loop/deliver/template/queries.ts'
import { SAMPLE } from '#loop/deliver/template/sample.ts'
import { findScenario } from '#loop/orchestrate/queries.ts'
import { create as createSegment, list as listSegments } from '#loop/segment/service.ts'
import { type Arm, type CountAs, figures, HOURS_SHOWN, type MailFigures, type MailPerson, type mailReportsContract } from './contract.ts'
import { drawClicks, goalsOf, labelsOf, ruleOf } from './decide.ts'
import {
  countClicks,
  countDomains,
  countFigures,
  countHours,
  countReasons,
  type LinkRow,
  listPeople,
  listVersionNames,
  type MailsOf,
  type PersonOf,
  type Sample,
} from './queries.ts'

type In<K extends keyof typeof mailReportsContract> = InputOf<(typeof mailReportsContract)[K]>
type Out<K extends keyof typeof mailReportsContract> = OutputOf<(typeof mailReportsContract)[K]>

const KEYS = figures.keyof().options
const NOTHING = Object.fromEntries(KEYS.map((key) => [key, 0])) as MailFigures

const added = (a: MailFigures, b: MailFigures): MailFigures => Object.fromEntries(KEYS.map((key) => [key, a[key] + b[key]])) as MailFigures

async function demand(ctx: Ctx, id: string): Promise<NewsletterRow> {
  return (await findNewsletter(ctx.db, id)) ?? refuse('missing', 'newsletter.missing', { message: 'This newsletter does not exist.' })
}

/** Figures by people; a person's own acts, doubt and machines are kept apart. */
export async function report(ctx: Ctx, { id, as = 'human', goal }: In<'report'>): Promise<Out<'report'>> {
  const row = await demand(ctx, id)
  return { ...(await reportOf(ctx, { newsletter: id }, as, goalsOf(goal))), arms: await armsOf(ctx, row, goalsOf(goal)) }
}

/** The same report of the mails of one step of a scenario, whichever versions of it people were on. */
export async function stepReport(ctx: Ctx, { id, step, as = 'human', goal }: In<'stepReport'>): Promise<Out<'stepReport'>> {
  await demandScenario(ctx, id)
  return { ...(await reportOf(ctx, { scenario: id, step }, as, goalsOf(goal))), arms: null }
}

async function reportOf(ctx: Ctx, of: MailsOf, as: CountAs, goals: readonly string[]): Promise<Omit<Out<'report'>, 'arms'>> {
  const rows = await countFigures(ctx.db, of, goals)
  const names = await listVersionNames(
    ctx.db,
    rows.map((row) => row.version_id),
  )
  const by = new Map(rows.map(({ version_id, ...figures }) => [version_id, figures]))
  const counted = await countHours(ctx.db, of, as)
  const hours = Array.from({ length: HOURS_SHOWN + 1 }, () => ({ opened: 0, clicked: 0 }))
  for (const { hour, ...one } of counted) hours[hour] = one
  return {
    figures: [...by.values()].reduce(added, NOTHING),
    suppressedBy: await countReasons(ctx.db, of, 'suppressed'),
    bouncedBy: await countReasons(ctx.db, of, 'bounced'),
    stoppedBy: await countReasons(ctx.db, of, 'stopped'),
    domains: await countDomains(ctx.db, of, as),
    hours,
    versions: names.map((name) => ({ ...name, figures: by.get(name.id) ?? NOTHING })),
  }
}

/** Who got A or B while they were tried; null where nothing is tried. */
function sampleOf(row: NewsletterRow, arm: Arm): Sample | null {
  const version = arm === 'a' ? row.version_id : row.test_version
  return row.test_version && version ? { version, before: row.test_result ? new Date(row.test_result.at) : null } : null
}

async function armsOf(ctx: Ctx, row: NewsletterRow, goals: readonly string[]): Promise<Out<'report'>['arms']> {
  const [a, b] = [sampleOf(row, 'a'), sampleOf(row, 'b')]
  if (!a || !b) return null
  const counted = new Map(
    (await countFigures(ctx.db, { newsletter: row.id }, goals, a)).map(({ version_id, ...figures }) => [version_id, figures]),
  )
  const names = new Map((await listVersionNames(ctx.db, [a.version, b.version])).map((one) => [one.id, one.subject]))
  const of = (arm: Arm, { version }: Sample) => ({ arm, subject: names.get(version) ?? '', figures: counted.get(version) ?? NOTHING })
  return [of('a', a), of('b', b)]
}

interface Drawn {
  readonly source: VersionSource
  readonly delivered: number
  readonly clicks: readonly LinkRow[]
  readonly frame: Awaited<ReturnType<typeof outfit>>['frame']
}

/** The mail as a made-up lead would see it, with the clicks at its links; all conditional blocks are shown. */
export async function clickMap(door: Door, { id, as, version }: In<'clickMap'>): Promise<Out<'clickMap'>> {
  const { source, delivered, clicks, frame } = await door.read((ctx) => loadMap(ctx, { id, as, version }))
  const by = new Map(clicks.map((row) => [row.link, row]))
  const people = new Map(clicks.map((row) => [row.link, row.people]))
  const context = contextOf(frame, SAMPLE, { token: null, purpose: 'marketing', segments: new Set(source.segments) })
  const words = { subject: source.subject, html: drawClicks(source.html, people, delivered), text: '' }
  const [mail] = await render('', words, [context])
  const labels = labelsOf(source.html)
  return {
    version: source.id,
    html: mail?.html ?? '',
    subject: mail?.subject ?? '',
    delivered,
    links: source.links.map((url, i) => {
      const row = by.get(i + 1)
      return {
        link: i + 1,
        url,
        label: labels.get(i + 1) ?? '',
        people: row?.people ?? 0,
        clicks: row?.clicks ?? 0,
        doubt: row?.doubt ?? 0,
        machine: row?.machine ?? 0,
      }
    }),
  }
}

async function loadMap(ctx: Ctx, { id, as = 'human', version: asked }: In<'clickMap'>): Promise<Drawn> {
  const row = await demand(ctx, id)
  const figures = await countFigures(ctx.db, { newsletter: id }, [])
  const version = asked ?? row.version_id ?? figures[0]?.version_id
  const [source] = version ? await loadVersions(ctx.db, [version]) : []
  if (!source || source.template_id === '' || (asked && !figures.some((one) => one.version_id === asked)))
    return refuse('missing', 'newsletter.unsent', { message: 'Nothing of this newsletter has gone out in that version.' })
  const delivered = figures.find((one) => one.version_id === source.id)?.delivered ?? 0
  return { source, delivered, clicks: await countClicks(ctx.db, { newsletter: id }, source.id, as), frame: (await outfit(ctx)).frame }
}

const personOf = (row: PersonOf): MailPerson => ({
  id: row.id,
  personId: row.person_id,
  name: row.name,
  company: row.company_name ?? '',
  address: row.address ?? '',
  status: row.status,
  reason: row.reason ?? '',
  sentAt: row.sent_at?.toISOString() ?? null,
  openedAt: row.opened_at?.toISOString() ?? null,
  clickedAt: row.clicked_at?.toISOString() ?? null,
})

export async function people(ctx: Ctx, input: In<'people'>): Promise<Out<'people'>> {
  const row = await demand(ctx, input.id)
  const sample = input.arm ? sampleOf(row, input.arm) : null
  if (input.arm && !sample) refuse('missing', 'newsletter.untried', { message: 'This newsletter tries nothing.' })
  return listed(ctx, { newsletter: input.id }, input, sample)
}

/** The people behind a number of a step's report. */
export async function stepPeople(ctx: Ctx, input: In<'stepPeople'>): Promise<Out<'stepPeople'>> {
  await demandScenario(ctx, input.id)
  return listed(ctx, { scenario: input.id, step: input.step }, input, null)
}

async function demandScenario(ctx: Ctx, id: string): Promise<void> {
  if (!(await findScenario(ctx.db, id))) refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
}

async function listed(ctx: Ctx, mails: MailsOf, input: Omit<In<'people'>, 'id'>, sample: Sample | null): Promise<Out<'people'>> {
  const [bucket, pair] = readCursor(input.cursor) ?? []
  const [person, delivery] = pair?.split('/') ?? []
  const rows = await listPeople(
    ctx.db,
    {
      mails,
      of: input.of,
      as: input.as ?? 'human',
      goals: goalsOf(input.goal),
      reason: input.reason ?? null,
      domain: input.domain ?? null,
      hour: input.hour ?? null,
      link: input.link ?? null,
      version: input.version ?? null,
      sample,
    },
    person && delivery ? { bucket: Number(bucket), id: person, delivery } : null,
    input.limit + 1,
  )
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  return {
    items: items.map(personOf),
    next: rows.length > input.limit && last ? cursorOf(String(last.bucket), `${last.person_id}/${last.id}`) : null,
  }
}

/** A segment of the people behind a number; it is a rule over the journal, so it follows what people do later. */
export async function segment(ctx: Ctx, input: In<'segment'>): Promise<Out<'segment'>> {
  await demand(ctx, input.id)
  const rule = ruleOf({ newsletter: input.id, of: input.of, link: input.link, goal: input.goal })
  const { id } = await createSegment(ctx, { name: input.name, description: '', audience: 'leads', rule, startsScenarios: false })
  return { id }
}

/** Whoever clicks before the second one leaves drops out of its segment, and gets none. Asking twice makes one segment and two drafts. */
export async function again(ctx: Ctx, input: In<'again'>): Promise<Out<'again'>> {
  const row = await demand(ctx, input.id)
  if (row.status === 'draft' || row.status === 'scheduled')
    return refuse('conflict', 'newsletter.unsent', { message: 'This newsletter has not gone out yet.' })
  const known = (await listSegments(ctx)).items.find((one) => one.name === input.segmentName)
  const segmentId = known?.id ?? (await segment(ctx, { id: input.id, of: 'notClicked', name: input.segmentName })).id
  const made = await createNewsletter(ctx, {
    name: input.name,
    templateId: row.template_id,
    include: [segmentId],
    exclude: row.exclude,
    topicId: row.topic_id,
    sender: row.sender,
  })
  return { id: made.id, segment: segmentId }
}
