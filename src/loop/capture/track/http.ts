// Public paths of tracking, without session: the scripts, the beacon, the Segment API, and the page that tells visitors what is sent.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { asRefusal, problemOf, REFUSALS, Refusal, refuse } from '#kernel/errors.ts'
import { ROOT } from '#kernel/root.ts'
import type { Sender } from './decide.ts'
import type { Parsed } from './incoming.ts'
import { accept } from './ingest.ts'
import { type About, type Fault, isObject, type Loose, parseBody } from './json.ts'
import { noticePage } from './notice.ts'
import { type Call, parseSegment } from './parse-segment.ts'
import { parseBeacon } from './parse-tag.ts'
import { findSiteByKey } from './queries.ts'

const SCRIPTS = join(ROOT, 'dist/tag')
/** Segment's limit for a request (https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/#max-request-size). */
export const LARGEST_BODY = 500 * 1024

const CALL_PATHS: Readonly<Record<string, Call | 'batch'>> = {
  identify: 'identify',
  track: 'track',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
  batch: 'batch',
  i: 'identify',
  t: 'track',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
  b: 'batch',
}

/**
 * GET /tag.js /notice.js · POST /v1/e (the tag's beacon) · POST /v1/<call> and the one-letter paths of analytics-next (Segment) ·
 * GET /v1/projects/:key/settings · GET /notice/:key
 */
export function mountPublic(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  // The two that are sent by name, too: what only `*` takes is looked up anew with each request.
  for (const type of ['application/json', 'text/plain', '*'])
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: LARGEST_BODY }, (_request, body, done) => done(null, body))
  for (const name of ['tag', 'notice']) app.get(`/${name}.js`, (request, reply) => script(name, request, reply))
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/v1/')) cors(reply)
    done()
  })
  app.setErrorHandler((error, _request, reply) => answerError(house, error, reply))
  const options = { bodyLimit: LARGEST_BODY }
  app.options('/v1/*', (_request, reply) => preflight(reply))
  app.post('/v1/e', options, (request, reply) => take(house, request, reply, parseBeacon))
  for (const [path, call] of Object.entries(CALL_PATHS)) {
    app.post(`/v1/${path}`, options, (request, reply) => take(house, request, reply, (body, about) => parseSegment(call, body, about)))
  }
  app.post('/v1/m', options, async () => ({ success: true })) // analytics-next's own metrics: nothing of ours
  app.get<{ Params: { key: string } }>('/v1/projects/:key/settings', (request, reply) => settings(house, request.params.key, reply))
  app.get<{ Params: { key: string } }>('/notice/:key', (request, reply) => notice(house, request, reply))
}

/** Any page may post; nobody's cookies travel. */
function cors(reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*')
  reply.header('cross-origin-resource-policy', 'cross-origin')
}

/** What a page may send, asked before a request that is not a simple one; the answer is kept for a day. */
function preflight(reply: FastifyReply): FastifyReply {
  reply.header('access-control-allow-methods', 'GET, POST, OPTIONS')
  reply.header('access-control-allow-headers', 'content-type, authorization')
  reply.header('access-control-max-age', '86400')
  return reply.code(204).send()
}

async function take(house: House, request: FastifyRequest, reply: FastifyReply, parse: (body: Loose, about: About) => Parsed | Fault) {
  checkType(request)
  const key = basicKey(request.headers.authorization)
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const read = parseBody(bytes)
  if ('reason' in read) refuse('invalid', 'body.malformed', { message: read.reason, field: '' })
  if (!isObject(read.value)) refuse('invalid', 'body.malformed', { message: 'The body must be a JSON object.', field: '' })
  const parsed = parse(read.value, read.about)
  if ('reason' in parsed) refuse('invalid', 'body.invalid', { message: `${parsed.field} ${parsed.reason}.`, errors: [parsed] })
  const { rejected } = await accept(house, parsed, senderOf(request), key)
  if (rejected.length) return reply.send({ success: true, rejected: rejected.slice(0, 100) })
  // The answer to nearly every request is always the same: what hooks and serializers would put together is written once.
  reply.hijack()
  reply.raw.writeHead(200, TAKEN_HEAD)
  reply.raw.end(TAKEN)
  return reply
}

const TAKEN = JSON.stringify({ success: true })
/** The headers that an answer of this door has (`secure` of the server and `cors` here). */
const TAKEN_HEAD = [
  'access-control-allow-origin',
  '*',
  'cross-origin-resource-policy',
  'cross-origin',
  'content-type',
  'application/json; charset=utf-8',
  'x-content-type-options',
  'nosniff',
  'referrer-policy',
  'same-origin',
  'content-length',
  String(TAKEN.length),
]

const TYPES = /^(?:text\/plain|application\/json)\s*(?:;|$)/i

/** text/plain (beacons), application/json and a missing type mean JSON; anything else is not guessed at. */
function checkType(request: FastifyRequest): void {
  const type = request.headers['content-type']
  if (type && type !== 'application/json' && !TYPES.test(type))
    refuse('unsupported', 'body.type', { message: 'Send JSON as application/json or text/plain.', field: 'content-type' })
  const encoding = request.headers['content-encoding']
  if (encoding && encoding !== 'identity')
    refuse('unsupported', 'body.encoding', { message: 'Send the body without compression.', field: 'content-encoding' })
}

/** The write key of basic auth: the user name; the password stays empty. */
function basicKey(header: string | undefined): string | null {
  if (header === undefined) return null
  const known = basicKeys.get(header)
  if (known !== undefined) return known
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(header)?.[1]
  const key = (encoded && Buffer.from(encoded, 'base64').toString().split(':')[0]) || null
  if (basicKeys.size >= MOST_KEYS) basicKeys.clear()
  if (header.length <= LONGEST_KEPT) basicKeys.set(header, key)
  return key
}

/** A sender says the same with each request; write keys are public. */
const basicKeys = new Map<string, string | null>()
const MOST_KEYS = 500
const LONGEST_KEPT = 500

function senderOf(request: FastifyRequest): Sender {
  const { 'user-agent': agent, origin, 'sec-gpc': gpc } = request.headers
  return { userAgent: agent?.slice(0, 1_000) ?? null, origin: origin && origin !== 'null' ? origin.slice(0, 300) : null, gpc: gpc === '1' }
}

function answerError(house: House, error: unknown, reply: FastifyReply): FastifyReply {
  const refusal = asRefusal(error) ?? httpRefusal(error)
  if (!refusal) {
    house.log.error({ err: error }, 'a tracking request failed by a fault of ours')
    return reply
      .code(500)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'urn:hagukumi:fault',
          title: 'fault',
          status: 500,
          code: 'fault',
          detail: 'Something went wrong on our side.',
        }),
      )
  }
  const problem = problemOf(refusal)
  if (problem.status === 503) reply.header('retry-after', '5')
  if (problem.status === 401) reply.header('www-authenticate', 'Basic realm="write key"')
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

/** What Fastify itself refuses, as a refusal of ours: a body that is too large, a malformed request. */
function httpRefusal(error: unknown): Refusal | null {
  const status = (error as { statusCode?: number }).statusCode
  if (status === 413)
    return new Refusal('tooLarge', 'body.large', `The body is larger than ${LARGEST_BODY} bytes.`, [{ field: '', reason: 'is too large' }])
  const kind = (Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]).find((each) => REFUSALS[each] === status)
  return kind ? new Refusal(kind, `http.${kind}`, (error as Error).message) : null
}

interface Script {
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly br: Buffer
  readonly etag: string
  readonly changed: number
}
const scripts = new Map<string, Script>()

/** A built script: compressed once, cached for an hour, then asked for by ETag. */
function script(name: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const file = join(SCRIPTS, `${name}.js`)
  if (!existsSync(file))
    return reply.code(503).header('retry-after', '5').type('text/plain').send(`${name}.js is not built yet: npm run build`)
  const changed = statSync(file).mtimeMs
  const kept = scripts.get(name)
  const found = kept?.changed === changed ? kept : packed(readFileSync(file), changed)
  scripts.set(name, found)
  reply
    .header('etag', found.etag)
    .header('cache-control', 'public, max-age=3600')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('access-control-allow-origin', '*')
    .header('vary', 'accept-encoding')
  if (request.headers['if-none-match'] === found.etag) return reply.code(304).send()
  const takes = String(request.headers['accept-encoding'] ?? '')
  const way = /\bbr\b/.test(takes) ? 'br' : /\bgzip\b/.test(takes) ? 'gzip' : null
  if (way) reply.header('content-encoding', way)
  return reply.type('text/javascript; charset=utf-8').send(found[way ?? 'plain'])
}

function packed(plain: Buffer, changed: number): Script {
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { plain, gzip: gzipSync(plain, { level: 9 }), br: brotliCompressSync(plain), etag, changed }
}

/** What analytics-next asks its CDN for: where to send, and that nothing else is switched on. */
async function settings(house: House, key: string, reply: FastifyReply) {
  const site = await withRead(house, { kind: 'public' }, (ctx) => findSiteByKey(ctx.db, key))
  if (!site) refuse('missing', 'key.unknown', { message: 'This write key is not known.' })
  const origin = new URL(house.publicUrl)
  reply.header('cache-control', 'public, max-age=300')
  return reply.send({
    integrations: {
      'Segment.io': {
        apiKey: key,
        apiHost: `${origin.host}${origin.pathname.replace(/\/$/, '')}/v1`,
        protocol: origin.protocol.slice(0, -1),
        deliveryStrategy: {},
        unbundledIntegrations: [],
        addBundledMetadata: true,
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  })
}

async function notice(house: House, request: FastifyRequest<{ Params: { key: string } }>, reply: FastifyReply) {
  const site = await withRead(house, { kind: 'public' }, (ctx) => noticePage(ctx, request.params.key))
  if (!site) return reply.code(404).type('text/plain; charset=utf-8').send('このページはありません。 There is no such page.')
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'public, max-age=300')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
    .send(site)
}
