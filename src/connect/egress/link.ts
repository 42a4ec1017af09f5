// Whether an address in a mail leads anywhere: asked as any other address that somebody has typed, hop by hop.
import type { House } from '#kernel/ctx.ts'
import type { LinkAnswer } from '#loop/deliver/template/preflight/port.ts'
import { type Egress, type EgressAnswer, EgressRefused, TOO_LARGE } from './client.ts'
import { clientOf } from './webhook.ts'

const MOST_HOPS = 5
/** For one link with all its hops: a server that lets each of them wait holds up nobody for minutes. */
const MOST_MS = 15_000
const HEADERS = { accept: 'text/html,application/xhtml+xml,image/*;q=0.9,*/*;q=0.8' }

type Heard = Pick<EgressAnswer, 'status' | 'headers'>

/** Asks one link; see the port. */
export async function probeLink(house: House, url: string, withinMs = MOST_MS): Promise<LinkAnswer> {
  try {
    return await follow(clientOf(house), url, AbortSignal.timeout(withinMs))
  } catch (error) {
    if (error instanceof EgressRefused) return { kind: 'refused', reason: error.message }
    return { kind: 'failed', reason: error instanceof Error ? error.message || error.name : String(error) }
  }
}

async function follow(client: Egress, url: string, signal: AbortSignal): Promise<LinkAnswer> {
  let at = url
  let forGood = true
  for (let hop = 0; hop <= MOST_HOPS; hop++) {
    const { status, headers } = await ask(client, at, signal)
    const location = [headers['location']].flat()[0]
    if (status < 300 || status > 399 || !location || !URL.canParse(location, at))
      return { kind: 'answered', status, to: at, forGood: hop > 0 && forGood }
    forGood &&= status === 301 || status === 308
    at = new URL(location, at).href
  }
  return { kind: 'failed', reason: `more than ${MOST_HOPS} redirects` }
}

/** HEAD costs the server nothing; whoever does not take it is asked for the page. */
async function ask(client: Egress, url: string, signal: AbortSignal): Promise<Heard> {
  const head = await client.send({ method: 'HEAD', url, headers: HEADERS, signal }).catch((error: unknown) => {
    if (error instanceof EgressRefused) throw error
    return null
  })
  if (head && head.status < 400) return head
  try {
    return await client.send({ method: 'GET', url, headers: HEADERS, signal })
  } catch (error) {
    // It is there, and large.
    if (error instanceof EgressRefused && error.message === TOO_LARGE) return { status: 200, headers: {} }
    throw error
  }
}
