// What visitors do with a form: see it, send it. The pass, the trap and the limits stand here.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, eventId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { askOptin } from '#loop/identify/consent/optin.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { readAttrs } from '#loop/identify/fields/service.ts'
import { identify } from '#loop/identify/service.ts'
import { type FormSpec, formSpec } from './contract.ts'
import { type Answers, inWords, type Language, LIMITS, netOf, passFlaw, readAnswers, spoken } from './decide.ts'
import * as queries from './queries.ts'
import { TRAP } from './render.ts'

export interface Live {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly spec: FormSpec
}

/** The published form. @throws Refusal missing (never published) or gone (closed) */
export async function liveForm(ctx: Ctx, id: string): Promise<Live> {
  const row = await queries.findLive(ctx.db, id)
  if (!row || row.status === 'draft' || row.spec === null)
    refuse('missing', 'form.unknown', { message: 'このフォームはありません / There is no such form.' })
  if (row.status === 'closed') refuse('gone', 'form.closed', { message: 'このフォームの受付は終了しました / This form is closed.' })
  return { id, name: row.name, version: row.version, spec: formSpec.parse(row.spec) }
}

/** A pass that goes out with the page and must come back: signed form id, instant and submission id. */
export function makePass(ctx: Ctx, form: string): string {
  const body = Buffer.from(JSON.stringify({ form, at: ctx.now.getTime(), id: ctx.id() })).toString('base64url')
  return `${body}.${signed(ctx.house, body)}`
}

const signed = (house: House, body: string): string => createHmac('sha256', house.secret('form pass')).update(body).digest('base64url')

function openPass(house: House, pass: unknown): { form: string; at: number; id: string } | null {
  if (typeof pass !== 'string' || pass.length > 1_000) return null
  const [body = '', signature = ''] = pass.split('.')
  const [mine, given] = [Buffer.from(signed(house, body)), Buffer.from(signature)]
  if (mine.length !== given.length || !timingSafeEqual(mine, given)) return null
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as { form: string; at: number; id: string }
}

export interface Sent {
  readonly form: string
  readonly values: Readonly<Record<string, unknown>>
  readonly ip: string
  readonly language: Language
  /** The tag's id of the device, when it may be known. */
  readonly device: string | null
  readonly page: string | null
}

export type Answer = { readonly kind: 'message'; readonly text: string } | { readonly kind: 'redirect'; readonly url: string }

const TEN_MINUTES = 600_000
const TOO_MANY = '短い時間に多くの送信がありました。しばらくしてからお試しください / Too many submissions: please try again later.'

/** Counts the attempt, in a transaction of its own that stays whatever becomes of the submission. @returns why it may not go on */
export async function countAttempt(ctx: Ctx, sent: Sent): Promise<'limit' | null> {
  const window = new Date(Math.floor(ctx.now.getTime() / TEN_MINUTES) * TEN_MINUTES)
  const { fingerprint } = keysFor(ctx.house)
  const counts = await queries.countAttempts(ctx.db, [`a:${fingerprint(sent.ip)}`, `n:${fingerprint(netOf(sent.ip))}`], window)
  const over = [...counts].some(([key, n]) => n > (key.startsWith('a:') ? LIMITS.address : LIMITS.net))
  if (over) await dropped(ctx, sent.form, 'limit')
  return over ? 'limit' : null
}

const keysFor = (house: House) => ({
  fingerprint: (text: string): string => createHmac('sha256', house.secret('form limit')).update(text).digest('base64url').slice(0, 22),
})

/** Counts something turned away; the form's page shows it. */
export function dropped(ctx: Ctx, form: string, reason: string): Promise<void> {
  return queries.countDrop(ctx.db, form, ctx.now.toISOString().slice(0, 10), reason)
}

/** Refuses what went over a limit. */
export const refuseLimit = (language: Language): never =>
  refuse('tooMany', 'form.limit', { message: TOO_MANY, errors: [{ field: '', reason: spoken(TOO_MANY, language) }] })

const PASS_WORDS = {
  pass: '送信できませんでした。ページを再読み込みしてもう一度お試しください / Please reload the page and try again.',
  fast: '送信が速すぎます。もう一度送信してください / That was very fast: please send again.',
  old: 'ページの有効期限が切れました。もう一度送信してください / The page has expired: please send again.',
} as const

/**
 * Takes a submission: the visitor becomes (or is found to be) a lead, at once. Repeating it has no second effect.
 * @throws Refusal `form.answers` (422) with a reason per question, `form.pass` (422)
 */
export async function submit(ctx: Ctx, sent: Sent): Promise<Answer> {
  const live = await liveForm(ctx, sent.form)
  const after = answerOf(live.spec, sent.language)
  if (typeof sent.values[TRAP] === 'string' && sent.values[TRAP] !== '') {
    await dropped(ctx, sent.form, 'trap')
    return after // a robot is told nothing
  }
  const pass = openPass(ctx.house, sent.values['_pass'])
  const flaw = passFlaw(pass, sent.form, ctx.now.getTime())
  if (flaw || !pass)
    refuse('unprocessable', `form.${flaw ?? 'pass'}`, {
      message: PASS_WORDS[flaw ?? 'pass'],
      errors: [{ field: '', reason: spoken(PASS_WORDS[flaw ?? 'pass'], sent.language) }],
    })
  const { answers, flaws } = readAnswers(live.spec, sent.values, sent.language)
  if (flaws.length) refuse('unprocessable', 'form.answers', { message: flaws.map((one) => one.reason).join(' '), errors: flaws })
  if (!(await queries.claimReceipt(ctx.db, pass.id, sent.form, ctx.now))) return after
  await limitAddress(ctx, answers, sent.language)
  await take(ctx, live, pass.id, answers, sent)
  return after
}

const answerOf = (spec: FormSpec, language: Language): Answer =>
  spec.after.kind === 'redirect' ? { kind: 'redirect', url: spec.after.url } : { kind: 'message', text: inWords(spec.after.text, language) }

/** One address may not be typed in again and again: nobody's inbox becomes a target. */
async function limitAddress(ctx: Ctx, answers: Answers, language: Language): Promise<void> {
  if (!answers.mail) return
  const window = new Date(Math.floor(ctx.now.getTime() / TEN_MINUTES) * TEN_MINUTES)
  const [count = 0] = (await queries.countAttempts(ctx.db, [`m:${addressHash(ctx.house, answers.mail.toLowerCase())}`], window)).values()
  if (count > LIMITS.mail) refuseLimit(language)
}

const evidenceOf = (live: Live, submission: string, sent: Sent) => ({
  form: live.id,
  version: live.version,
  submission,
  ip: sent.ip,
  page: sent.page,
})

/** With double opt-in the tick only asks: the mail that goes out is answered by the person, or not at all. */
async function askConfirm(
  ctx: Ctx,
  live: Live,
  subject: Subject,
  answers: Answers,
  evidence: JsonObject,
  text: string,
  causeId: string,
): Promise<void> {
  if (!answers.consented || !live.spec.consent.confirm || !answers.mail) return
  await askOptin(ctx, { subject, mail: answers.mail, textVersion: `${live.id}:${live.version}`, text, evidence, causeId })
}

async function take(ctx: Ctx, live: Live, submission: string, answers: Answers, sent: Sent): Promise<void> {
  const cause = eventId(`form:${live.id}`, submission)
  const text = inWords(live.spec.consent.text, sent.language)
  const [outcome] = await identify(ctx, [
    {
      route: 'form',
      at: ctx.now,
      causeId: cause,
      fields: answers.fields,
      attrs: await readAttrs(ctx, answers.attrs, false),
      ...(answers.mail ? { mail: answers.mail } : {}),
      ...(sent.device ? { device: sent.device } : {}),
      source: { name: live.spec.source, interest: live.spec.interest, ...(live.spec.priority ? { priority: live.spec.priority } : {}) },
      ...(answers.consented && !live.spec.consent.confirm
        ? {
            consent: {
              basis: 'consent' as const,
              text,
              textVersion: `${live.id}:${live.version}`,
              evidence: evidenceOf(live, submission, sent),
            },
          }
        : {}),
    },
  ])
  if (!outcome) throw new Error('one act has one outcome')
  const { subject } = outcome
  await askConfirm(ctx, live, subject, answers, evidenceOf(live, submission, sent), text, cause)
  const said = answers.all.map(({ key, label, value }) => ({ key, label, value }))
  await queries.insertSubmission(ctx.db, {
    bucket: subject.bucket,
    person_id: subject.id,
    id: submission,
    form_id: live.id,
    version: live.version,
    at: ctx.now,
    answers: said,
    page: sent.page,
    outcome: outcome.outcome,
    origin_person_id: null,
  })
  const open = said
    .filter(({ key }) => key !== 'mail' && key !== 'phone')
    .map(({ label, value }) => ({ label, value: value.slice(0, 500) }))
  await append(ctx, [
    {
      subject,
      id: cause,
      name: 'form.submitted',
      occurredAt: ctx.now,
      via: sent.device ?? 'form',
      props: {
        form: live.id,
        formName: live.name,
        version: live.version,
        source: live.spec.source,
        interest: live.spec.interest,
        page: sent.page,
        answers: open,
      },
    },
  ])
  await announce(ctx, 'leads', { ids: [subject.id] })
  await announce(ctx, 'forms', { id: live.id })
}
