// The one client for addresses that somebody outside of the house has chosen: webhooks, images, links.
import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Agent } from 'undici'
import { forbiddenAddress, hostOf, readUrl } from './decide.ts'

const MOST_BYTES = 1_000_000
const MOST_MS = 10_000
/** Why an answer over 1 MB is refused. */
export const TOO_LARGE = 'the answer is larger than 1 MB'

/** The address is forbidden, or the answer is nothing we take. Repeating does not help. */
export class EgressRefused extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'EgressRefused'
  }
}

export interface EgressCall {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Ends it before the 10 s are over. */
  readonly signal?: AbortSignal
}

export interface EgressAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** Resolves a name to all of its addresses; the system's resolver outside of tests. */
export type Resolve = (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void

const systemResolve: Resolve = (host, done) => systemLookup(host, { all: true, verbatim: true }, done)

export interface Egress {
  /**
   * One request without redirects, in at most 10 s and 1 MB.
   * @throws EgressRefused when the address may not be reached or the answer is too large; other errors when the network fails
   */
  send(call: EgressCall): Promise<EgressAnswer>
  close(): Promise<void>
}

/**
 * A client whose connections check the very address they connect to, inside the lookup of the connection: a name that resolves to
 * something else a moment later (DNS rebinding) is checked again, because there is no moment later.
 */
export function makeEgress(options: { readonly allow: readonly string[]; readonly resolve?: Resolve }): Egress {
  const resolve = options.resolve ?? systemResolve
  let agent: Promise<Agent> | null = null
  return {
    send: async (call) => {
      agent ??= makeAgent(resolve, options.allow)
      return send(await agent, call, options.allow)
    },
    close: async () => (await agent)?.destroy(),
  }
}

/** Loaded by those who call outside: most processes never do. */
async function makeAgent(resolve: Resolve, allow: readonly string[]): Promise<Agent> {
  const undici = await import('undici')
  return new undici.Agent({
    connect: { lookup: guarded(resolve, allow), timeout: MOST_MS },
    headersTimeout: MOST_MS,
    bodyTimeout: MOST_MS,
    maxResponseSize: MOST_BYTES,
    keepAliveTimeout: 1_000,
  })
}

function guarded(resolve: Resolve, allow: readonly string[]): LookupFunction {
  return (host, options, done) =>
    resolve(host, (error, addresses) => {
      if (error) return done(error, '', 0)
      const bad = allow.includes(host)
        ? undefined
        : addresses.find((one) => forbiddenAddress(one.address) !== null && !allow.includes(one.address))
      const [first] = addresses
      if (bad || !first)
        return done(new EgressRefused(bad ? `${host} leads to a ${forbiddenAddress(bad.address)}` : `${host} has no address`), '', 0)
      return options.all ? done(null, addresses) : done(null, first.address, first.family)
    })
}

async function send(agent: Agent, call: EgressCall, allow: readonly string[]): Promise<EgressAnswer> {
  const verdict = readUrl(call.url, allow)
  if ('refused' in verdict) throw new EgressRefused(verdict.refused)
  try {
    const { request } = await import('undici')
    const answer = await request(verdict.url, {
      dispatcher: agent,
      method: call.method,
      headers: { 'user-agent': 'Hagukumi', host: verdict.url.host || hostOf(verdict.url), ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      signal: AbortSignal.any([AbortSignal.timeout(MOST_MS), ...(call.signal ? [call.signal] : [])]),
    })
    return { status: answer.statusCode, headers: answer.headers, body: await bodyOf(answer.body) }
  } catch (error) {
    throw refusalIn(error) ?? error
  }
}

async function bodyOf(stream: AsyncIterable<Uint8Array> & { destroy(): unknown }): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    size += part.byteLength
    if (size > MOST_BYTES) {
      stream.destroy()
      throw new EgressRefused(TOO_LARGE)
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** undici wraps what the lookup threw. */
function refusalIn(error: unknown): EgressRefused | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof EgressRefused) return at
    if ('code' in at && at.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new EgressRefused(TOO_LARGE)
    if (at instanceof AggregateError) for (const one of at.errors) if (one instanceof EgressRefused) return one
  }
  return null
}
