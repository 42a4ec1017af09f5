import { MINUTE } from '#kernel/clock.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { Channel, SignalKind } from './vocabulary.ts'

/** A signal as a rule sees it in an event. */
export interface Seen {
  readonly kind: SignalKind
  readonly channel: Channel
  readonly urgent: boolean
  readonly detail: JsonObject
}

/** `/pricing`, `/plans/pro`, 料金プラン: but not /planning or /explain. */
const PRICING = /(^|[^a-z])(prices?|pricing|plans?|fees?)([^a-z]|$)|料金|価格|見積|プラン一覧/i

/** The events a signal can come of. */
export const SIGNAL_EVENTS = ['heat.changed', 'form.submitted', 'mail.clicked', 'page.viewed', 'file.downloaded'] as const

/** What a signal is seen in: an event that is news, or is just being concluded. */
interface Sight {
  readonly name: string
  readonly props: JsonObject
  readonly historic?: boolean
  readonly pageGroup?: string | null
}

type Reader = (news: Sight) => Seen | null
const READERS: Readonly<Record<(typeof SIGNAL_EVENTS)[number], Reader>> = {
  'heat.changed': ({ props }) =>
    props.to === 'hot' && props.from !== 'hot' && props.byEdit !== true
      ? { kind: 'hot', channel: 'score', urgent: true, detail: pick(props, ['name', 'total', 'recent']) }
      : null,
  'form.submitted': ({ props }) => ({
    kind: 'form',
    channel: 'form',
    urgent: true,
    detail: pick(props, ['form', 'formName', 'name', 'title', 'url']),
  }),
  // Link scanners click too; what a machine did is nobody's interest.
  'mail.clicked': ({ props }) =>
    props.agent === 'machine' || props.machine === true
      ? null
      : { kind: 'click', channel: 'mail', urgent: false, detail: pick(props, ['url', 'subject', 'delivery', 'what']) },
  'page.viewed': (news) =>
    isPricing(news) ? { kind: 'pricing', channel: 'web', urgent: false, detail: pick(news.props, ['title', 'url', 'path']) } : null,
  'file.downloaded': ({ props }) => ({
    kind: 'download',
    channel: 'web',
    urgent: false,
    detail: pick(props, ['file', 'name', 'url', 'title']),
  }),
}

/** The signal in an event, or null. Historic events are nobody's news. */
export function signalIn(news: Sight): Seen | null {
  if (news.historic || !Object.hasOwn(READERS, news.name)) return null
  return READERS[news.name as keyof typeof READERS](news)
}

function isPricing({ props, pageGroup = null }: Sight): boolean {
  const path = typeof props.path === 'string' ? props.path : typeof props.url === 'string' ? pathOf(props.url) : ''
  return (
    (pageGroup !== null && PRICING.test(pageGroup)) || PRICING.test(path) || (typeof props.title === 'string' && PRICING.test(props.title))
  )
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}

/** Only short texts and numbers go into a signal: it is shown in a line. */
function pick(props: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = props[name]
      return typeof value === 'number' || (typeof value === 'string' && value !== '')
        ? [[name, typeof value === 'string' ? value.slice(0, 500) : value]]
        : []
    }),
  )
}

/** The same kind about the same lead is told again only after this long: three pages in a row are one visit. */
const QUIET: Readonly<Partial<Record<SignalKind, number>>> = { pricing: 30 * MINUTE, click: 10 * MINUTE, download: 10 * MINUTE }

/** Keys `person/kind` and when each was last told, kept up to date while a batch is judged. */
export function isQuiet(told: Map<string, Date>, personId: string, kind: SignalKind, at: Date): boolean {
  const key = `${personId}/${kind}`
  const last = told.get(key)
  const quiet = QUIET[kind] ?? 0
  if (last && Math.abs(at.getTime() - last.getTime()) < quiet) return true
  told.set(key, at)
  return false
}
