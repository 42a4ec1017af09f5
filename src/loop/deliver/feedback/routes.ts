// Public paths of mails: `GET /o/<token>.gif`, `GET /c/<token>/<n>`, `GET /r/<version>/<n>` (a link that names nobody), `GET|POST /u/<token>`, `POST /u/<token>/preferences`.
// No session, no cookie. A GET never changes what anybody receives.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { companyProfile } from '#access/company/service.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { type Language, languageFor } from '#kernel/language.ts'
import { readMail } from '../sender/settings.ts'
import { confirm, isAsked } from './confirm.ts'
import { confirmPage } from './confirmPage.ts'
import { gonePage, preferencePage } from './pages.ts'
import { findLink } from './queries.ts'
import { stopReasonOf } from './reasons/contract.ts'
import { choose, followed, opened, preferences, stopped } from './service.ts'

const PUBLIC = { kind: 'public' } as const
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const CSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

type Tokened = { Params: { token: string; n?: string }; Querystring: { lang?: string } }

/** Mounts the public paths of mails. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  // One parser for whatever a mail program posts: RFC 8058 says form data, some send multipart or nothing at all.
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 16_384 }, (_request, body, done) => done(null, body))
  app.get<Tokened>('/o/:token', { exposeHeadRoute: false }, (request, reply) => pixel(house, request, reply))
  app.get<Tokened>('/c/:token/:n', { exposeHeadRoute: false }, (request, reply) => click(house, request, reply))
  app.get<Tokened>('/r/:token/:n', (request, reply) => plainLink(house, request, reply))
  app.head<Tokened>('/c/:token/:n', (request, reply) => click(house, request, reply))
  app.get<Tokened>('/u/:token', (request, reply) => show(house, request, reply, null))
  app.post<Tokened>('/u/:token', (request, reply) => stop(house, request, reply))
  app.get<Tokened>('/u/:token/confirm', (request, reply) => askConfirm(house, request, reply))
  app.post<Tokened>('/u/:token/confirm', (request, reply) => confirmed(house, request, reply))
  app.post<Tokened>('/u/:token/preferences', (request, reply) => prefer(house, request, reply))
}

const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(' ') : (value ?? ''))

function hitOf(request: FastifyRequest) {
  const { headers } = request
  const purpose = text(headers['purpose']) || text(headers['sec-purpose']) || text(headers['x-purpose']) || text(headers['x-moz'])
  const activated = text(headers['sec-fetch-user']) === '?1' && text(headers['sec-fetch-mode']) === 'navigate'
  return { method: request.method, userAgent: text(headers['user-agent']).slice(0, 500), purpose, address: request.ip, activated }
}

async function pixel(house: House, request: FastifyRequest<Tokened>, reply: FastifyReply): Promise<FastifyReply> {
  const token = request.params.token.replace(/\.gif$/, '')
  try {
    await withTx(house, PUBLIC, (ctx) => opened(ctx, token, hitOf(request)))
  } catch (error) {
    house.log.warn({ err: error }, 'an open could not be noted')
  }
  return reply
    .header('content-type', 'image/gif')
    .header('cache-control', 'no-store, max-age=0')
    .header('cross-origin-resource-policy', 'cross-origin')
    .send(GIF)
}

async function click(house: House, request: FastifyRequest<Tokened>, reply: FastifyReply): Promise<FastifyReply> {
  const n = /^\d{1,3}$/.test(request.params.n ?? '') ? Number(request.params.n) : -1
  const target = n < 0 ? null : await withTx(house, PUBLIC, (ctx) => followed(ctx, request.params.token, n, hitOf(request)))
  reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
  if (target?.url) return reply.redirect(target.url, 302)
  return page(reply, target ? 204 : 404, target ? '' : gonePage(await languageOf(house, request)))
}

/** A link in the mail of somebody who is not counted: it leads to the stored address, and nothing is written down. */
async function plainLink(house: House, request: FastifyRequest<Tokened>, reply: FastifyReply): Promise<FastifyReply> {
  const { token, n = '' } = request.params
  const url =
    /^[0-9a-f-]{36}$/.test(token) && /^\d{1,3}$/.test(n) ? await withRead(house, PUBLIC, (ctx) => findLink(ctx.db, token, Number(n))) : null
  reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
  return url ? reply.redirect(url, 302) : page(reply, 404, gonePage(await languageOf(house, request)))
}

/** RFC 8058: no cookie, no redirect, an answer at once. The same button on the page posts `lang` and is shown the page again. */
async function stop(house: House, request: FastifyRequest<Tokened>, reply: FastifyReply): Promise<FastifyReply> {
  const form = formOf(request)
  const oneClick = form.get('List-Unsubscribe') === 'One-Click' || !form.has('lang')
  const done = await withTx(house, PUBLIC, (ctx) =>
    stopped(ctx, request.params.token, oneClick ? 'one-click' : 'page', stopReasonOf(form.get('reason'))),
  )
  if (!done) return page(reply, 404, gonePage(await languageOf(house, request, form)))
  if (oneClick) return reply.code(200).type('text/plain; charset=utf-8').header('cache-control', 'no-store').send('unsubscribed\n')
  return show(house, request, reply, 'stopped', form)
}

async function prefer(house: House, request: FastifyRequest<Tokened>, reply: FastifyReply): Promise<FastifyReply> {
  const form = formOf(request)
  const topics = form.getAll('topic').filter((id) => /^[0-9a-f-]{36}$/.test(id))
  const choice = {
    receive: form.get('receive') === '1',
    topics,
    pauseDays: PAUSES.includes(form.get('pause') ?? '') ? Number(form.get('pause')) : undefined,
    tracking: form.has('tracking_shown') ? form.get('tracking') === '1' : undefined,
  }
  const done = await withTx(house, PUBLIC, (ctx) => choose(ctx, request.params.token, choice))
  return done ? show(house, request, reply, 'saved', form) : page(reply, 404, gonePage(await languageOf(house, request, form)))
}

const PAUSES: readonly string[] = ['0', '7', '30', '90']

/** Shows the button. Scanners follow links: a GET confirms nothing. */
async function askConfirm(house: House, request: FastifyRequest<Tokened>, reply: FastifyReply): Promise<FastifyReply> {
  const language = await languageOf(house, request)
  const seen = await withRead(house, PUBLIC, async (ctx) => ({
    asked: await isAsked(ctx, request.params.token),
    company: (await companyProfile(ctx)).legalName,
  }))
  return seen.asked
    ? page(reply, 200, confirmPage(language, seen.company, request.params.token, null))
    : page(reply, 404, gonePage(language))
}

async function confirmed(house: House, request: FastifyRequest<Tokened>, reply: FastifyReply): Promise<FastifyReply> {
  const language = await languageOf(house, request, formOf(request))
  const seen = await withTx(house, PUBLIC, async (ctx) => ({
    outcome: await confirm(ctx, request.params.token, request.ip),
    company: (await companyProfile(ctx)).legalName,
  }))
  if (!seen.outcome) return page(reply, 404, gonePage(language))
  return page(reply, 200, confirmPage(language, seen.company, request.params.token, seen.outcome))
}

async function show(
  house: House,
  request: FastifyRequest<Tokened>,
  reply: FastifyReply,
  note: 'stopped' | 'saved' | null,
  form?: URLSearchParams,
): Promise<FastifyReply> {
  const language = await languageOf(house, request, form)
  const { token } = request.params
  const seen = await withRead(house, PUBLIC, async (ctx) => ({
    found: await preferences(ctx, token),
    company: (await companyProfile(ctx)).legalName,
  }))
  if (!seen.found) return page(reply, 404, gonePage(language))
  return page(reply, 200, preferencePage({ language, company: seen.company, token, preferences: seen.found, note }))
}

function page(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .header('content-security-policy', CSP)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8')
    .send(html)
}

function formOf(request: FastifyRequest): URLSearchParams {
  const body = typeof request.body === 'string' ? request.body : ''
  // Multipart one-click posts carry the same words; only their presence matters.
  if (/name="?List-Unsubscribe"?[\s\S]{0,20}One-Click/i.test(body)) return new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  return new URLSearchParams(body.slice(0, 16_384))
}

/** What they chose on the page, else what their browser asks for, else the language of our mails. */
async function languageOf(house: House, request: FastifyRequest<Tokened>, form?: URLSearchParams): Promise<Language> {
  const asked = form?.get('lang') ?? request.query.lang
  if (asked === 'ja' || asked === 'en') return asked
  return languageFor(text(request.headers['accept-language'])) ?? (await withRead(house, PUBLIC, readMail)).language
}
