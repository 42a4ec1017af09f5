// The beacon of our own tag: POST /v1/e, text/plain: {"k":key,"z":sent,"e":[{"i":id,"n":name,"t":ms,"c":"g"|"i","v":visitor,"s":visit,"u":url,"p":{…}}]}
import type { JsonObject } from '#kernel/json.ts'
import type { Incoming, Parsed, Rejected } from './incoming.ts'
import { type About, cutText, type Fault, faultIn, idOf, isObject, type Loose, objectOf, textOf } from './json.ts'

/** Events per beacon; the tag sends at most 50. */
export const MOST_EVENTS = 500
export const LARGEST_EVENT = 32_768

const NAMES = new Set(['page.viewed', 'page.left', 'link.clicked', 'file.downloaded', 'identify'])

/** Reads a beacon. Events that cannot be read are named by index; the others go on. */
export function parseBeacon(body: Loose, about: About): Parsed | Fault {
  const faults: Fault[] = []
  const key = textOf(body, 'k', 100, faults)
  if (faults[0]) return faults[0]
  const events = body['e']
  if (!Array.isArray(events)) return { field: 'e', reason: 'must be a list of events' }
  if (events.length > MOST_EVENTS) return { field: 'e', reason: `has more than ${MOST_EVENTS} events` }
  const sentAt = timeOf(body['z'])
  const messages: { index: number; message: Incoming }[] = []
  const rejected: Rejected[] = []
  events.forEach((event: unknown, index) => {
    const read = readEvent(event, sentAt, about)
    if ('reason' in read) rejected.push({ index, ...read })
    else messages.push({ index, message: read })
  })
  return { key, messages, rejected }
}

function readEvent(event: unknown, sentAt: Date | null, about: About): Incoming | Fault {
  if (!isObject(event)) return { field: '', reason: 'must be an object' }
  const bad = faultIn(event, about.isClean, about.length > LARGEST_EVENT ? LARGEST_EVENT : undefined)
  if (bad) return bad
  const faults: Fault[] = []
  const name = textOf(event, 'n', 200, faults)
  const messageId = textOf(event, 'i', 200, faults)
  const device = textOf(event, 'v', 200, faults)
  const visit = textOf(event, 's', 100, faults)
  const given = objectOf(event, 'p', faults)
  if (!name && !faults.length) faults.push({ field: 'n', reason: 'is missing' })
  if (!device && !faults.length) faults.push({ field: 'v', reason: 'is missing' })
  if (name && !NAMES.has(name) && !(name.startsWith('custom.') && name.length > 7))
    faults.push({ field: 'n', reason: 'is not an event of the tag' })
  const isIdentify = name === 'identify'
  const traits = isIdentify ? objectOf(given, 'traits', faults) : {}
  const userId = isIdentify ? idOf(given, 'userId', 500, faults) : null
  if (faults[0]) return faults[0]
  const url = cutText(given['url'], 4_000) ?? cutText(event['u'], 4_000)
  return {
    kind: isIdentify ? 'identify' : 'event',
    name: name ?? '',
    messageId,
    device,
    userId,
    previousId: null,
    groupId: null,
    traits: traits as JsonObject,
    props: isIdentify ? {} : (given as JsonObject),
    url,
    visit,
    seen: true,
    consent: event['c'] === 'g' ? 'granted' : 'implied',
    at: timeOf(event['t']),
    sentAt,
    userAgent: null,
  }
}

const timeOf = (value: unknown): Date | null => (typeof value === 'number' && Math.abs(value) < 8.64e15 ? new Date(value) : null)
