// The story of a relation in one line, and which events of the journal belong on a timeline.
import type { Milestone } from './contract.ts'
import type { HistoryGroup } from './groups/contract.ts'

/** How the names of a group's events begin; whatever no group claims was sent by the company's own site. */
const STARTS: Readonly<Record<Exclude<HistoryGroup, 'web'>, readonly string[]>> = {
  mail: ['mail.'],
  forms: ['form.'],
  sales: ['signal.', 'handoff.', 'deal.', 'stage.', 'owner.'],
  activities: ['activity.', 'task.', 'card.', 'seminar.', 'call.'],
  changes: ['lead.', 'field.', 'consent.', 'segment.', 'scenario.', 'score.', 'heat.', 'company.', 'campaign.', 'person.'],
}

/** Events that stand on no timeline: they are told by another entry, or say nothing to a reader. */
export const SILENT: readonly string[] = [
  'page.left',
  'session.started',
  'score.changed',
  'activity.changed',
  'activity.removed',
  'activity.restored',
]

/** Which beginnings of names a group takes (`only`) or leaves to others (`not`). */
export function startsOf(group: HistoryGroup): { readonly only?: readonly string[]; readonly not?: readonly string[] } {
  return group === 'web' ? { not: Object.values(STARTS).flat() } : { only: STARTS[group] }
}

/** How the names begin of what did not happen online: what colleagues and the product did. */
export const OFFLINE: readonly string[] = [...STARTS.activities, ...STARTS.sales, ...STARTS.changes]

/** What the story is told from: an event of the journal, with the activity as it stands now where one is behind it. */
export interface Told {
  readonly name: string
  readonly at: Date
  readonly props: Readonly<Record<string, unknown>>
  readonly activity?: { readonly title: string | null; readonly result: string | null } | null
}

/** Events that can be a milestone; pages are asked for besides. */
export const MILESTONES: readonly string[] = [
  'lead.created',
  'lead.named',
  'form.submitted',
  'file.downloaded',
  'seminar.attended',
  'card.scanned',
  'card.confirmed',
  'card.exchanged',
  'deal.created',
  'deal.won',
  'deal.lost',
  'activity.exhibition',
  'activity.seminar',
  'activity.call',
  'activity.visit',
  'activity.meeting',
]

type Words = readonly [kind: Milestone['kind'], ja: string, en: string, what?: string]
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')
const firstOf = (props: Told['props'], ...keys: readonly string[]): string => keys.map((key) => textOf(props[key])).find(Boolean) ?? ''
const short = (text: string): string => ([...text].length > 20 ? `${[...text].slice(0, 19).join('')}…` : text)

/** Pages worth a word in the story, by what their address or title says; the first that fits. */
const PAGES: readonly (readonly [RegExp, string, string])[] = [
  [/料金|価格|プラン|pricing|price|\/plans?(\/|$)/i, '料金ページ', 'pricing'],
  [/事例|導入企業|お客様の声|\/cases?(\/|$)|case-stud|customer-stor|jirei/i, '事例集', 'case studies'],
  [/比較|compare|comparison/i, '比較ページ', 'comparison'],
  [/デモ|トライアル|\/demo-request|\/trial/i, 'デモ案内', 'demo page'],
]

function pageWords({ props }: Told): Words | null {
  const group = firstOf(props, 'groupName')
  if (group) return ['page', `${short(group)}閲覧`, `viewed ${short(group)}`]
  const found = PAGES.find(([pattern]) => pattern.test(pathOf(textOf(props['url']))) || pattern.test(textOf(props['title'])))
  return found ? ['page', `${found[1]}閲覧`, `viewed ${found[2]}`] : null
}

function pathOf(url: string): string {
  const path = URL.parse(url)?.pathname ?? url
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

function exhibitionWords({ activity, props }: Told): Words {
  const title = short(activity?.title ?? firstOf(props, 'title'))
  const result = activity ? activity.result : firstOf(props, 'result')
  if (result === 'card') return ['card', `${title || '展示会'}で名刺交換`, `exchanged cards at ${title || 'an exhibition'}`]
  return ['exhibition', `${title || '展示会'}に来場`, `came to ${title || 'an exhibition'}`]
}

function seminarWords({ activity, props }: Told): Words | null {
  const title = short(activity?.title ?? firstOf(props, 'title', 'seminarName', 'name'))
  return activity?.result === 'absent' ? null : ['seminar', `${title || 'セミナー'}に参加`, `attended ${title || 'a seminar'}`]
}

function cardWords({ props }: Told): Words {
  const where = short(firstOf(props, 'event', 'eventName', 'campaignName', 'source'))
  return ['card', where ? `${where}で名刺交換` : '名刺交換', where ? `exchanged cards at ${where}` : 'exchanged cards']
}

function callWords({ activity, props }: Told): Words | null {
  const result = activity ? activity.result : firstOf(props, 'result')
  if (result === 'appointment') return ['call', '電話でアポイント', 'appointment by phone']
  return result === 'connected' ? ['call', '電話', 'phone call'] : null
}

const WORDS: Readonly<Record<string, (told: Told) => Words | null>> = {
  'page.viewed': pageWords,
  'activity.exhibition': exhibitionWords,
  'activity.seminar': seminarWords,
  'seminar.attended': seminarWords,
  'card.scanned': cardWords,
  'card.confirmed': cardWords,
  'card.exchanged': cardWords,
  'activity.call': callWords,
  'activity.visit': () => ['visit', '訪問', 'visit'],
  'activity.meeting': () => ['visit', '打ち合わせ', 'meeting'],
  'file.downloaded': ({ props }) => ['download', '資料DL', 'download', firstOf(props, 'title', 'name', 'text', 'file', 'href')],
  'form.submitted': ({ props }) => {
    const name = short(firstOf(props, 'formName', 'title'))
    return ['form', name || 'フォーム送信', name || 'form']
  },
  'deal.created': ({ props }) => ['deal', '商談', 'deal', firstOf(props, 'dealName', 'name')],
  'deal.won': ({ props }) => ['won', '受注', 'won', firstOf(props, 'dealName', 'name')],
  'deal.lost': ({ props }) => ['lost', '失注', 'lost', firstOf(props, 'dealName', 'name')],
  'lead.created': ({ props }) => sourceWords(props),
  'lead.named': ({ props }) => sourceWords(props),
}

function sourceWords(props: Told['props']): Words | null {
  const source = short(firstOf(props, 'source'))
  return source ? ['source', source, source] : null
}

const SAME_ACT = 24 * 3_600_000
/** Kinds that say themselves how somebody became known: the bare source beside them says nothing more. */
const BEGINNINGS: readonly Milestone['kind'][] = ['card', 'exhibition', 'seminar', 'form', 'call']
const MOST = 6

/**
 * The milestones of a relation in the order they happened: what repeats is told once, at its first time; a source only where nothing else tells
 * how it began. Of a long story the first milestone and the newest stay.
 * @param events in any order
 */
export function storyOf(events: readonly Told[]): { items: Milestone[]; skipped: number } {
  const found: (Milestone & { time: number })[] = []
  const seen = new Set<string>()
  for (const event of [...events].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const words = WORDS[event.name]?.(event)
    if (!words) continue
    const [kind, ja, en, what] = words
    // Each deal is a chapter of its own; a page looked at twice is not.
    const key =
      kind === 'deal' || kind === 'won' || kind === 'lost'
        ? `${kind} ${String(event.props['deal'] ?? event.at.getTime())}`
        : `${kind} ${ja}`
    if (seen.has(key)) continue
    seen.add(key)
    found.push({ kind, ja, en, what: what || null, at: event.at.toISOString(), time: event.at.getTime() })
  }
  const told = found.filter((one) => one.kind !== 'source' || isNews(one, found)).map(({ time: _, ...one }) => one)
  if (told.length <= MOST) return { items: told, skipped: 0 }
  return { items: [...told.slice(0, 1), ...told.slice(1 - MOST)], skipped: told.length - MOST }
}

/** A source is told when it comes first and nothing beside it says the same. */
function isNews(source: { ja: string; time: number }, all: readonly (Milestone & { time: number })[]): boolean {
  if (all.find((one) => one.kind === 'source') !== source) return false
  return !all.some(
    (one) =>
      BEGINNINGS.includes(one.kind) &&
      (Math.abs(one.time - source.time) < SAME_ACT || one.ja.includes(source.ja) || source.ja.includes(one.ja)),
  )
}

/** The line itself. */
export const lineOf = (items: readonly Milestone[], skipped: number, language: 'ja' | 'en'): string =>
  items.map((one, index) => (index === 1 && skipped ? `… → ${one[language]}` : one[language])).join(' → ')

/** Seconds each page view lasted, by its id: the leaving of the same address in the same visit that came next. */
export function engagedOf(
  views: readonly { id: string; at: Date; props: Told['props'] }[],
  leaves: readonly { at: Date; props: Told['props'] }[],
): Map<string, number> {
  const keyOf = (props: Told['props']): string => `${textOf(props['visit'])} ${textOf(props['url'])}`
  const left = Map.groupBy(
    [...leaves].sort((a, b) => a.at.getTime() - b.at.getTime()),
    (one) => keyOf(one.props),
  )
  const engaged = new Map<string, number>()
  for (const view of [...views].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const list = left.get(keyOf(view.props))
    const index = list?.findIndex((one) => one.at >= view.at) ?? -1
    const [leave] = index < 0 ? [] : (list?.splice(index, 1) ?? [])
    const seconds = Number(leave?.props['engaged'])
    if (leave && Number.isFinite(seconds) && seconds > 0) engaged.set(view.id, Math.round(seconds))
  }
  return engaged
}
