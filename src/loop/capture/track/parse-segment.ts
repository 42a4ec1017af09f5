// The Segment HTTP tracking API (https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/): six calls and batch,
// with what analytics-next and analytics-node really send: writeKey in the body or by basic auth, null where a value is absent.
import type { JsonObject } from '#kernel/json.ts'
import type { ConsentGiven, Incoming, Parsed, Rejected } from './incoming.ts'
import { type About, cutText, type Fault, faultIn, idOf, isObject, type Loose, objectOf, textOf } from './json.ts'
import { LARGEST_EVENT } from './parse-tag.ts'

export const CALLS = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const
export type Call = (typeof CALLS)[number]

export const MOST_BATCHED = 2_500

/** Reads the body of `/v1/<call>` or `/v1/batch`. */
export function parseSegment(call: Call | 'batch', body: Loose, about: About): Parsed | Fault {
  const faults: Fault[] = []
  const key = textOf(body, 'writeKey', 100, faults)
  const sentAt = timeOf(body['sentAt'])
  if (faults[0]) return faults[0]
  if (call !== 'batch') {
    const read = readCall(call, body, sentAt, about)
    return 'reason' in read
      ? { key, messages: [], rejected: [{ index: 0, ...read }] }
      : { key, messages: [{ index: 0, message: read }], rejected: [] }
  }
  const items = body['batch']
  if (!Array.isArray(items)) return { field: 'batch', reason: 'must be a list of messages' }
  if (items.length > MOST_BATCHED) return { field: 'batch', reason: `has more than ${MOST_BATCHED} messages` }
  const messages: { index: number; message: Incoming }[] = []
  const rejected: Rejected[] = []
  const shared = isObject(body['context']) ? body['context'] : null
  items.forEach((item: unknown, index) => {
    const read = readBatched(item, shared, sentAt, about)
    if ('reason' in read) rejected.push({ index, ...read })
    else messages.push({ index, message: read })
  })
  return { key, messages, rejected }
}

function readBatched(item: unknown, shared: Loose | null, sentAt: Date | null, about: About): Incoming | Fault {
  if (!isObject(item)) return { field: '', reason: 'must be an object' }
  const call = CALLS.find((known) => known === item['type'])
  if (!call) return { field: 'type', reason: `must be one of ${CALLS.join(', ')}` }
  const whole = shared && item['context'] === undefined ? { ...item, context: shared } : item
  return readCall(call, whole, timeOf(item['sentAt']) ?? sentAt, about)
}

function readCall(call: Call, body: Loose, sentAt: Date | null, about: About): Incoming | Fault {
  const bad = faultIn(body, about.isClean, about.length > LARGEST_EVENT ? LARGEST_EVENT : undefined)
  if (bad) return bad
  const faults: Fault[] = []
  const messageId = idOf(body, 'messageId', 200, faults)
  const device = idOf(body, 'anonymousId', 200, faults)
  const userId = idOf(body, 'userId', 500, faults)
  const previousId = idOf(body, 'previousId', 500, faults)
  const groupId = idOf(body, 'groupId', 500, faults)
  const context = objectOf(body, 'context', faults)
  const traits = objectOf(body, 'traits', faults)
  const properties = objectOf(body, 'properties', faults)
  const event = call === 'track' ? textOf(body, 'event', 200, faults) : null
  if (call === 'track' && !event && !faults.length) faults.push({ field: 'event', reason: 'is missing' })
  if (call === 'alias' && !previousId && !faults.length) faults.push({ field: 'previousId', reason: 'is missing' })
  if (call === 'group' && !groupId && !faults.length) faults.push({ field: 'groupId', reason: 'is missing' })
  if (!device && !userId && !faults.length) faults.push({ field: 'userId', reason: 'or anonymousId is needed' })
  if (faults[0]) return faults[0]
  const page = isObject(context['page']) ? context['page'] : {}
  const url = cutText(properties['url'], 4_000) ?? cutText(page['url'], 4_000)
  return {
    messageId,
    device,
    userId,
    previousId,
    groupId,
    kind: call === 'identify' || call === 'alias' || call === 'group' ? call : 'event',
    name: call === 'page' ? 'page.viewed' : call === 'screen' ? 'screen.viewed' : event ? `custom.${event}` : call,
    traits: traits as JsonObject,
    props: propsOf(call, body, properties, page) as JsonObject,
    url,
    visit: null,
    seen: call === 'page' || call === 'screen',
    consent: consentOf(context),
    at: timeOf(body['timestamp']) ?? timeOf(body['originalTimestamp']),
    sentAt: timeOf(body['sentAt']) ?? sentAt,
    userAgent: cutText(context['userAgent'], 1_000),
  }
}

function propsOf(call: Call, body: Loose, properties: Loose, page: Loose): Loose {
  if (call !== 'page' && call !== 'screen') return properties
  const title =
    cutText(properties['title'], 500) ?? cutText(page['title'], 500) ?? cutText(properties['name'], 500) ?? cutText(body['name'], 500)
  const referrer = cutText(properties['referrer'], 4_000) ?? cutText(page['referrer'], 4_000)
  const category = cutText(body['category'], 200)
  return { ...properties, ...(title ? { title } : {}), ...(referrer ? { referrer } : {}), ...(category ? { category } : {}) }
}

/** Segment's consent preferences (context.consent.categoryPreferences): any yes is a yes, only noes are a no. */
function consentOf(context: Loose): ConsentGiven {
  const consent = context['consent']
  const said = isObject(consent) ? consent['categoryPreferences'] : null
  if (!isObject(said)) return 'unsaid'
  const preferences = Object.values(said)
  if (preferences.includes(true)) return 'granted'
  return preferences.includes(false) ? 'refused' : 'unsaid'
}

const MS_NUMBER = 8.64e15
function timeOf(value: unknown): Date | null {
  if (typeof value === 'number') return Math.abs(value) < MS_NUMBER ? new Date(value) : null
  if (typeof value !== 'string' || value.length > 60) return null
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? null : at
}
