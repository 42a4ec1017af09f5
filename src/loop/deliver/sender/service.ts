import { companyProfile, missingLegalFields } from '#access/company/service.ts'
import { idAt } from '#kernel/chance.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'
import { cursorOf, readCursor } from '../cursor.ts'
import { mayReach } from '../outbox/decide.ts'
import { countUnknown, loadReachable } from '../outbox/queries.ts'
import * as outbox from '../outbox/service.ts'
import type { MailCharset } from '../template/contract.ts'
import { renderDraft } from '../template/service.ts'
import { readAddress } from './address.ts'
import { type MailSettings, type MailState, type mailContract, mailSettings } from './contract.ts'
import { dropDkim, type Keys, makeDkim, readKeys, rotateDkim } from './keys.ts'
import type { Letter } from './mime.ts'
import { namesOf } from './names.ts'
import { type MailRoute, SmtpFaultError } from './port.ts'
import { forgetRests, listHeld, listRests } from './rests.queries.ts'
import { unseal } from './seal.ts'
import { type Outfit, outfit, readMail, saveMail, senderAddress, smtpOf, waysOf } from './settings.ts'
import { sendSingle } from './single.ts'
import { archiveTopic, countWaiting, insertTopic, isStopped, leadAt, listTopics } from './topics.queries.ts'

type Ask<K extends keyof typeof mailContract> = InputOf<(typeof mailContract)[K]>

/** The settings and what follows from them; no secret is in it. */
export async function settings(ctx: Ctx): Promise<MailState> {
  const stored = await readMail(ctx)
  const company = await companyProfile(ctx)
  const dkim = await readKeys(ctx)
  const smtp = smtpOf(ctx.house, stored, '')
  return {
    ...mailSettings.parse(stored),
    standIns: stored.standIns.map(({ password, ...one }) => ({ ...one, hasPassword: password !== '' })),
    hasPassword: stored.password !== '',
    fromEnvironment: ctx.house.smtpUrl !== null,
    effective: smtp ? 'smtp' : 'mailbox',
    effectiveHost: smtp ? `${smtp.host}:${smtp.port}` : '',
    senderAddress: senderAddress(stored, company),
    legalMissing: missingLegalFields(company),
    dkim: dkim && publicHalves(dkim),
    waiting: await countWaiting(ctx.db),
    unknown: await countUnknown(ctx.db),
  }
}

function publicHalves(keys: Keys): NonNullable<MailState['dkim']> {
  const host = (selector: string) => `${selector}._domainkey.${keys.domain}`
  const shown = (one: { selector: string; record: string }) => ({ selector: one.selector, record: one.record, host: host(one.selector) })
  return {
    domain: keys.domain,
    ...shown(keys),
    ed25519: keys.ed25519 && { ...shown(keys.ed25519), signs: keys.ed25519.seen },
    next: keys.next && shown(keys.next),
    old: keys.old.map(({ selector, until }) => ({ host: host(selector), until })),
  }
}

export async function rotateKey(ctx: Ctx): Promise<MailState> {
  await rotateDkim(ctx)
  return settings(ctx)
}

export async function saveSettings(ctx: Ctx, input: Ask<'saveSettings'>): Promise<MailState> {
  await saveMail(ctx, input)
  await forgetRests(ctx.db)
  return settings(ctx)
}

/** What the operator should know now; it is gone once it is mended. */
export async function notices(ctx: Ctx) {
  const ways = await waysOf(ctx)
  const rests = await listRests(
    ctx.db,
    ways.map((way) => way.name),
    new Date(ctx.now.getTime() - DAY),
  )
  const resting = new Set(rests.map(({ name }) => name))
  const standIn = ways.find(({ name }) => !resting.has(name))?.name ?? null
  return {
    routes: rests.map(({ name, reason, since }) => ({ name, reason, since: since.toISOString(), standIn })),
    held: (await listHeld(ctx.db)).map((row) => ({
      id: row.id,
      name: row.name,
      reason: row.held_reason,
      since: row.updated_at.toISOString(),
    })),
  }
}

export async function makeKey(ctx: Ctx, input: Ask<'makeDkim'>): Promise<MailState> {
  await makeDkim(ctx, input)
  return settings(ctx)
}

export async function dropKey(ctx: Ctx): Promise<MailState> {
  await dropDkim(ctx)
  return settings(ctx)
}

/** Asks DNS for the record. */
export async function checkDkim(door: Door): Promise<{ published: boolean; found: string }> {
  const dkim = await door.read(readKeys)
  if (!dkim) return refuse('missing', 'dkim.none', { message: 'There is no DKIM key yet.' })
  const answer = await door.house.ports.names?.text(`${dkim.selector}._domainkey.${dkim.domain}`)
  if (answer?.kind !== 'found') return { published: false, found: answer?.kind === 'failed' ? answer.code : 'ENOTFOUND' }
  const key = dkim.record.split('p=')[1] ?? ''
  return {
    published: answer.records.some((record) => record.replace(/\s/g, '').includes(key)),
    found: answer.records.join('\n').slice(0, 1_000),
  }
}

/** Sends a trial mail by settings that are not saved yet. The stored password serves only for the very server it was given for. */
export async function tryRoute(door: Door, input: Ask<'tryRoute'>): Promise<{ ok: boolean; reply: string }> {
  const { stored, worn } = await door.read(async (ctx) => ({ stored: await readMail(ctx), worn: await outfit(ctx) }))
  const kept =
    stored.host === input.host && stored.user === input.user && stored.password
      ? (unseal(door.house.secret('smtp'), stored.password) ?? '')
      : ''
  const smtp = smtpOf(door.house, input as MailSettings, input.password ?? kept)
  const route = smtp ? door.house.ports.mailRoutes.smtp(smtp) : door.house.ports.mailRoutes.mailbox(door.house)
  const from = input.fromEmail || worn.fromEmail
  if (!from) return { ok: false, reply: 'No sender address is set.' }
  const text =
    input.language === 'ja'
      ? 'このメールが届いていれば、メールの設定は正しく動いています。\n'
      : 'If you can read this, your mail settings work.\n'
  const letter = trialLetter(door.house, {
    from: { name: input.fromName || worn.frame.senderName, address: from },
    replyTo: null,
    to: { name: '', address: input.to },
    subject: input.language === 'ja' ? 'メール設定のテスト' : 'Mail settings test',
    html: `<p>${text}</p>`,
    text,
  })
  return passOn(route, worn, letter)
}

/**
 * A draft to one's own eyes. Whoever has stopped our mail does not even get a test, and a lead gets one on the same terms as any
 * commercial mail: a test is no way round the ground it needs. A colleague who is a lead too may read their own drafts. It is looked at
 * before the mail is made, and once more before its first byte.
 */
export async function testSend(
  door: Door,
  input: Ask<'testSend'> & { readonly sender?: 'company' | 'owner' | null; readonly arm?: 'A' | 'B'; readonly senderName?: string | null },
): Promise<{ ok: boolean; reply: string }> {
  const reader = plainMail(input.to)
  const worn = await door.read(async (ctx) => {
    await refuseUnasked(ctx, reader)
    return outfit(ctx)
  })
  if (!worn.fromEmail)
    refuse('unprocessable', 'newsletter.sender', {
      message: 'No sender address is set. Set one under mail settings or in the company profile.',
    })
  const mail = await renderDraft(door, input)
  const arm = input.arm ? ` ${input.arm}` : ''
  const mark = worn.frame.language === 'ja' ? `【テスト${arm}】` : `[Test${arm}] `
  const letter = trialLetter(door.house, {
    ...namesOf(worn, { sender: input.sender ?? null }, { sender_name: input.senderName ?? null }, mail.recipient),
    to: { name: '', address: input.to },
    subject: mark + mail.subject,
    html: mail.html,
    text: mail.text,
    charset: input.draft.charset ?? worn.charset,
  })
  let unasked: unknown = null
  const mayBegin = async () => {
    unasked = await door.read((ctx) => refuseUnasked(ctx, reader)).catch((error: unknown) => error)
    return !unasked
  }
  const answer = await passOn(worn.route, worn, letter, mayBegin)
  if (unasked) throw unasked
  return answer
}

/** @throws Refusal `mail.suppressed`; `mail.noGround` for a lead whom commercial mail may not reach */
async function refuseUnasked(ctx: Ctx, mail: string): Promise<void> {
  if (await isStopped(ctx.db, addressHash(ctx.house, mail)))
    refuse('unprocessable', 'mail.suppressed', {
      message: 'このアドレスは配信を停止しています。別のアドレスを使ってください / This address has stopped our mail. Choose another one.',
      field: 'to',
    })
  const lead = await leadAt(ctx.db, mail)
  if (!lead) return
  const people = await loadReachable(ctx.db, [lead], ctx.now, (address) => addressHash(ctx.house, address))
  const reason = mayReach(people.get(lead.id), 'marketing')
  if (reason && reason !== 'paused')
    refuse('unprocessable', 'mail.noGround', {
      message:
        '広告メールを送る根拠のないリードのアドレスです。ご自身のアドレスを使ってください / This is the address of a lead who may not be sent commercial mail. Choose an address of your own.',
      field: 'to',
    })
}

/** An address as the suppression list knows it. */
function plainMail(text: string): string {
  const parsed = parseMail(text)
  return parsed.ok ? parsed.mail : text.trim().toLowerCase()
}

function trialLetter(
  house: House,
  mail: Pick<Letter, 'from' | 'replyTo' | 'to' | 'subject' | 'html' | 'text'> & { readonly charset?: MailCharset },
): Letter {
  const now = house.clock.now()
  return {
    charset: 'utf-8',
    ...mail,
    messageId: `${idAt(now)}@${mail.from.address.split('@').at(-1)}`,
    date: now,
    stopUrl: null,
    feedbackId: null,
  }
}

async function passOn(
  route: MailRoute,
  worn: Outfit,
  letter: Letter,
  mayBegin?: () => Promise<boolean>,
): Promise<{ ok: boolean; reply: string }> {
  const to = readAddress(letter.to.address)
  if (!to)
    return refuse('invalid', 'mail.malformed', {
      message: 'メールアドレスの形式が正しくありません / This is not one plain mail address.',
      field: 'to',
    })
  try {
    const outcome = await sendSingle(route, worn, to.wire, letter, mayBegin)
    if (outcome.kind === 'accepted') return { ok: true, reply: outcome.reply }
    return { ok: false, reply: outcome.kind === 'failed' ? outcome.fault.reply || outcome.fault.code : 'stopped' }
  } catch (error) {
    if (error instanceof SmtpFaultError) return { ok: false, reply: error.message }
    throw error
  }
}

export async function unknown(ctx: Ctx, input: Ask<'unknown'>) {
  const after = readCursor(input.cursor)
  const { rows, total } = await outbox.unknowns(ctx, after && { at: new Date(after[0] ?? ''), id: after[1] ?? '' }, input.limit + 1)
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => ({
      id: row.id,
      personId: row.person_id,
      name: row.name,
      company: row.company_name ?? '',
      address: row.address ?? '',
      subject: row.subject,
      what: row.what,
      reason: row.reason ?? '',
      markedAt: row.marked_at.toISOString(),
    })),
    next: rows.length > input.limit && last ? cursorOf(last.marked_at.toISOString(), last.id) : null,
    total,
  }
}

export async function resendUnknown(ctx: Ctx, input: Ask<'resendUnknown'>): Promise<{ count: number }> {
  return { count: await outbox.resend(ctx, input.ids ?? null) }
}

export async function settleUnknown(ctx: Ctx, input: Ask<'settleUnknown'>): Promise<{ count: number }> {
  return { count: await outbox.settle(ctx, input.ids ?? null) }
}

export async function topics(ctx: Ctx) {
  return { items: await listTopics(ctx.db) }
}

export async function addTopic(ctx: Ctx, input: Ask<'addTopic'>): Promise<{ id: string }> {
  const id = ctx.id()
  await insertTopic(ctx.db, { id, ...input }, ctx.now)
  return { id }
}

export async function removeTopic(ctx: Ctx, { id }: Ask<'removeTopic'>): Promise<{ ok: true }> {
  if (!(await archiveTopic(ctx.db, id, ctx.now))) refuse('missing', 'topic.missing', { message: 'This topic does not exist.' })
  return { ok: true }
}
