// Public paths of forms, without session.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { asRefusal, problemOf, REFUSALS, Refusal, refuse } from '#kernel/errors.ts'
import { ROOT } from '#kernel/root.ts'
import { inWords, type Language } from './decide.ts'
import { answerPostal, asksPostal, POSTAL_SCRIPT } from './postal.ts'
import { FORM_CSS, formTree, pageHtml, thanksTree } from './render.ts'
import { type Answer, countAttempt, type Live, liveForm, makePass, refuseLimit, type Sent, submit } from './submit.ts'

const PUBLIC: Actor = { kind: 'public' }
const SCRIPT = join(ROOT, 'dist/tag/form.js')
const LARGEST_BODY = 200 * 1024
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface Path {
  Params: { form: string }
  Querystring: { lang?: string }
}

/** GET /form.js · GET /f/postal/:code · GET /f/:form (page) · GET /f/:form/embed (tree and pass for the script) · POST /f/:form (JSON, text/plain JSON or urlencoded) */
export function mountForms(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_BODY }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => answerError(house, error, request, reply))
  app.get('/form.js', (_request, reply) => script(reply))
  app.get<{ Params: { code: string } }>('/f/postal/:code', (request, reply) => answerPostal(request, cors(reply)))
  app.get<Path>('/f/:form', (request, reply) => showPage(house, request, reply))
  app.get<Path>('/f/:form/embed', (request, reply) => showEmbed(house, request, reply))
  app.options('/f/*', (_request, reply) => cors(reply).code(204).send())
  app.post<Path>('/f/:form', { bodyLimit: LARGEST_BODY }, (request, reply) => take(house, request, reply))
}

/** Any site may embed a form; nobody's cookies travel. */
function cors(reply: FastifyReply): FastifyReply {
  return reply
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-methods', 'GET, POST, OPTIONS')
    .header('access-control-allow-headers', 'content-type')
    .header('access-control-max-age', '86400')
    .header('cross-origin-resource-policy', 'cross-origin')
}

function script(reply: FastifyReply): FastifyReply {
  if (!existsSync(SCRIPT))
    return reply.code(503).header('retry-after', '5').type('text/plain').send('form.js is not built yet: npm run build')
  return cors(reply).header('cache-control', 'public, max-age=3600').type('text/javascript; charset=utf-8').send(readFileSync(SCRIPT))
}

const formIn = (request: FastifyRequest<Path>): string => {
  const id = request.params.form.toLowerCase()
  if (!UUID.test(id)) refuse('missing', 'form.unknown', { message: 'このフォームはありません / There is no such form.' })
  return id
}

const languageIn = (request: FastifyRequest<Path>, live: Live): Language =>
  request.query.lang === 'en' ? 'en' : request.query.lang === 'ja' ? 'ja' : live.spec.language

async function showPage(house: House, request: FastifyRequest<Path>, reply: FastifyReply): Promise<FastifyReply> {
  const id = formIn(request)
  const { live, pass } = await withRead(house, PUBLIC, async (ctx) => ({ live: await liveForm(ctx, id), pass: makePass(ctx, id) }))
  const language = languageIn(request, live)
  return sendPage(reply, live, language, formTree(live.spec, { language, action: actionFor(request), hidden: { _pass: pass } }))
}

const actionFor = (request: FastifyRequest<Path>): string => request.url.slice(0, 500)

function sendPage(reply: FastifyReply, live: Live, language: Language, tree: ReturnType<typeof formTree>, status = 200): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const target = live.spec.after.kind === 'redirect' ? ` ${new URL(live.spec.after.url).origin}` : ''
  const asks = status !== 200 || tree.tag === 'form' ? asksPostal(live.spec) : false
  const scripts = asks ? ` script-src 'nonce-${nonce}'; connect-src 'self';` : ''
  return reply
    .code(status)
    .header(
      'content-security-policy',
      `default-src 'none';${scripts} style-src 'nonce-${nonce}'; form-action 'self'${target}; base-uri 'none'; frame-ancestors *`,
    )
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(pageHtml(inWords(live.spec.title, language), tree, { language, nonce, company: '', ...(asks ? { script: POSTAL_SCRIPT } : {}) }))
}

async function showEmbed(house: House, request: FastifyRequest<Path>, reply: FastifyReply): Promise<FastifyReply> {
  const id = formIn(request)
  const { live, pass } = await withRead(house, PUBLIC, async (ctx) => ({ live: await liveForm(ctx, id), pass: makePass(ctx, id) }))
  const language = languageIn(request, live)
  return cors(reply)
    .header('cache-control', 'no-store')
    .send({ tree: formTree(live.spec, { language }), css: FORM_CSS, pass, language })
}

async function take(house: House, request: FastifyRequest<Path>, reply: FastifyReply): Promise<FastifyReply> {
  cors(reply)
  const form = formIn(request)
  const urlencoded = /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '')
  const values = urlencoded ? fromUrlencoded(bodyText(request)) : fromJson(bodyText(request))
  const sent = await sentBy(house, request, form, values)
  try {
    if (await withTx(house, PUBLIC, (ctx) => countAttempt(ctx, sent))) refuseLimit(sent.language)
    const answer = await withTx(house, PUBLIC, (ctx) => submit(ctx, sent))
    return urlencoded ? thank(house, reply, sent, answer) : reply.send({ ok: true, after: answer })
  } catch (error) {
    if (!urlencoded || !(error instanceof Refusal) || (error.kind !== 'unprocessable' && error.kind !== 'tooMany')) throw error
    return showFlaws(house, request, reply, sent, error)
  }
}

const bodyText = (request: FastifyRequest): string => (Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '')

function fromJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // refused below
  }
  return refuse('invalid', 'body.malformed', { message: 'The body must be a JSON object.', field: '' })
}

function fromUrlencoded(text: string): Record<string, unknown> {
  const params = new URLSearchParams(text)
  return Object.fromEntries(
    [...new Set(params.keys())].map((key) => [key, params.getAll(key)]).map(([key, all]) => [key, all?.length === 1 ? all[0] : all]),
  )
}

async function sentBy(house: House, request: FastifyRequest<Path>, form: string, values: Record<string, unknown>): Promise<Sent> {
  const live = await withRead(house, PUBLIC, (ctx) => liveForm(ctx, form))
  const cookie = /(?:^|; )_hgk=([0-9a-f]{32})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1]
  const visitor = typeof values['_visitor'] === 'string' && /^[0-9a-f]{32}$/.test(values['_visitor']) ? values['_visitor'] : cookie
  const page = typeof values['_page'] === 'string' ? values['_page'] : request.headers.referer
  return {
    form,
    values: pick(values, live),
    ip: request.ip,
    language: languageIn(request, live),
    device: visitor ?? null,
    page: page?.slice(0, 1_000).toWellFormed().replaceAll('\u0000', '') ?? null,
  }
}

/** Only what the form asks for goes on, and our own hidden values. */
function pick(values: Record<string, unknown>, live: Live): Record<string, unknown> {
  const known = new Set([...live.spec.fields.map((field) => field.id), 'consent', 'company_fax', '_pass'])
  return Object.fromEntries(Object.entries(values).filter(([key]) => known.has(key)))
}

async function thank(house: House, reply: FastifyReply, sent: Sent, answer: Answer): Promise<FastifyReply> {
  if (answer.kind === 'redirect') return reply.code(303).header('location', answer.url).send()
  const live = await withRead(house, PUBLIC, (ctx) => liveForm(ctx, sent.form))
  return sendPage(reply, live, sent.language, thanksTree(answer.text))
}

/** The page again with what was typed and what is wrong with it, and a fresh pass. */
async function showFlaws(
  house: House,
  request: FastifyRequest<Path>,
  reply: FastifyReply,
  sent: Sent,
  refusal: Refusal,
): Promise<FastifyReply> {
  const { live, pass } = await withRead(house, PUBLIC, async (ctx) => ({
    live: await liveForm(ctx, sent.form),
    pass: makePass(ctx, sent.form),
  }))
  const values = Object.fromEntries(
    Object.entries(sent.values).map(([key, value]) => [key, (Array.isArray(value) ? value : [value]).map(String)]),
  )
  const tree = formTree(live.spec, {
    language: sent.language,
    values,
    flaws: refusal.errors,
    action: actionFor(request),
    hidden: { _pass: pass },
  })
  return sendPage(reply, live, sent.language, tree, REFUSALS[refusal.kind])
}

function answerError(house: House, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = asRefusal(error) ?? tooLarge(error)
  if (!refusal) house.log.error({ err: error }, 'a form request failed by a fault of ours')
  const problem = refusal
    ? problemOf(refusal)
    : { type: 'urn:hagukumi:fault', title: 'fault', status: 500, code: 'fault', detail: 'Something went wrong on our side.' }
  if (problem.status === 503) reply.header('retry-after', '5')
  cors(reply).code(problem.status)
  const asksPage = request.method === 'GET' && !request.url.endsWith('/embed')
  if (!asksPage) return reply.type('application/problem+json').send(JSON.stringify(problem))
  return reply
    .header('content-security-policy', "default-src 'none'; base-uri 'none'")
    .type('text/html; charset=utf-8')
    .send(pageHtml(problem.title, thanksTree(problem.detail), { language: 'ja', nonce: '', company: '' }))
}

function tooLarge(error: unknown): Refusal | null {
  const status = (error as { statusCode?: number }).statusCode
  if (status === 413) return new Refusal('tooLarge', 'body.large', 'The body is too large.')
  const kind = (Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]).find((each) => REFUSALS[each] === status)
  return kind ? new Refusal(kind, `http.${kind}`, (error as Error).message) : null
}
