// The settings by which mail leaves: read by the sender at each round, changed in the UI.
import { z } from 'zod'
import type { CompanyProfile } from '#access/company/contract.ts'
import { companyProfile, missingLegalFields } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { readMailbox } from '../incoming/settings.ts'
import type { MailCharset } from '../template/contract.ts'
import { readAddress } from './address.ts'
import type { MailFrame } from './context.ts'
import { EMPTY_MAIL, type MailSettings, mailSettings, type StandIn, standIn } from './contract.ts'
import type { DkimKey } from './dkim.ts'
import { provenDomain } from './domain/proven.ts'
import { dkimKeys } from './keys.ts'
import { type PaceLimits, rampOf } from './pace.ts'
import type { MailRoute, SmtpOptions } from './port.ts'
import type { Way } from './rests.ts'
import { seal, unseal } from './seal.ts'

const KEY = 'mail'
const stored = mailSettings.extend({
  password: z.string().default(''),
  standIns: z.array(standIn.extend({ password: z.string().default('') })).default([]),
})

/** The settings as stored; the password is still sealed. */
export function readMail(ctx: Ctx): Promise<z.infer<typeof stored>> {
  return readSetting(ctx, KEY, stored, { ...EMPTY_MAIL, password: '', standIns: [] })
}

type Given<T> = T & { readonly password?: string | undefined }

export async function saveMail(
  ctx: Ctx,
  given: Given<Omit<MailSettings, 'standIns'>> & { readonly standIns?: readonly Given<StandIn>[] },
): Promise<void> {
  const before = await readMail(ctx)
  if (given.route === 'smtp' && !given.host) refuse('invalid', 'mail.host', { message: 'Name the SMTP server.', field: 'host' })
  const standIns = (given.standIns ?? before.standIns).map((one) => {
    const known = before.standIns.find(({ id }) => id === one.id)
    return { ...standIn.parse(one), password: keptPassword(ctx.house, one, known) }
  })
  const names = [mainName(given), ...standIns.map(({ name }) => name)]
  if (new Set(names).size < names.length)
    refuse('invalid', 'mail.routeName', { message: 'Two mail routes have the same name.', field: 'standIns' })
  await writeSetting(ctx, KEY, { ...mailSettings.parse(given), standIns, password: keptPassword(ctx.house, given, before) })
}

/** A kept password must not be sent to another server than the one it was given for. */
function keptPassword(
  house: House,
  given: Given<{ readonly host: string; readonly user: string }>,
  before: { readonly host: string; readonly user: string; readonly password: string } | undefined,
): string {
  if (given.password !== undefined) return given.password ? seal(house.secret('smtp'), given.password) : ''
  return before && before.host === given.host && before.user === given.user ? before.password : ''
}

/** The first route goes by its server's name. */
const mainName = ({ host, port }: Pick<MailSettings, 'host' | 'port'>): string => `${host}:${port}`

/** The connection the given settings stand for; null means the built-in mailbox. SMTP_URL goes before what is set in the UI. */
export function smtpOf(house: House, settings: Omit<MailSettings, 'standIns'>, password: string): SmtpOptions | null {
  if (house.smtpUrl) return smtpOfUrl(house.smtpUrl, heloName(house))
  if (settings.route !== 'smtp' || !settings.host) return null
  return connectionOf(house, settings, password)
}

function connectionOf(house: House, one: Omit<StandIn, 'id' | 'name'>, password: string): SmtpOptions {
  const { host, port, security, user, anyCertificate } = one
  return { host, port, security, user, password, name: heloName(house), ...(anyCertificate ? { anyCertificate } : {}) }
}

/** All ways out, the first preferred; where SMTP_URL decides there is one. */
export async function waysOf(ctx: Ctx, known?: z.infer<typeof stored>): Promise<Way[]> {
  const { house } = ctx
  const settings = known ?? (await readMail(ctx))
  const open = (sealed: string) => (sealed ? (unseal(house.secret('smtp'), sealed) ?? '') : '')
  const first = smtpOf(house, settings, open(settings.password))
  if (!first) return [{ key: 'mailbox', name: 'mailbox', route: house.ports.mailRoutes.mailbox(house) }]
  const others = house.smtpUrl ? [] : settings.standIns
  const all = [
    { name: mainName(first), options: first },
    ...others.map((one) => ({ name: one.name, options: connectionOf(house, one, open(one.password)) })),
  ]
  return all.map(({ name, options }) => ({ key: JSON.stringify(options), name, route: house.ports.mailRoutes.smtp(options) }))
}

/**
 * `smtps://user:password@host:465`, `smtp://…:587` (STARTTLS required), `smtp://localhost:1025?tls=no` (in clear);
 * `?certificate=any` takes a certificate of one's own.
 */
export function smtpOfUrl(text: string, name: string): SmtpOptions {
  const url = new URL(text)
  const inClear = url.searchParams.get('tls') === 'no'
  const secure = url.protocol === 'smtps:'
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 465 : 587),
    security: secure ? 'tls' : inClear ? 'none' : 'starttls',
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    name,
    ...(url.searchParams.get('certificate') === 'any' ? { anyCertificate: true } : {}),
  }
}

function heloName(house: House): string {
  return new URL(house.publicUrl).hostname
}

/** Everything the sender needs to know before it begins a round. */
export interface Outfit {
  readonly route: MailRoute
  /** Ways out in the order of preference; the first is `route`. */
  readonly routes: readonly Way[]
  readonly connections: number
  readonly frame: MailFrame
  /** Of mails whose template says nothing of it. */
  readonly charset: MailCharset
  readonly fromEmail: string
  readonly replyTo: string
  readonly ownerAsSender: boolean
  /** Owners whose address is of this domain stand in From themselves: DKIM was seen to stand behind it. '' for none. */
  readonly ownerDomain: string
  readonly bounceDomain: string
  /** The mailbox behind the bounce addresses is read: a mail to one of them can unsubscribe. */
  readonly stopByMail: boolean
  /** All of them sign each mail. */
  readonly dkim: readonly DkimKey[]
  /** What one receiving group gets at most. */
  readonly limits: PaceLimits
  /** Newsletter mails that may leave today while the sender is young; null once there is no such limit. */
  readonly perDay: number | null
  /** Fields of the legal sender block that are empty: no marketing mail may leave. */
  readonly legalMissing: readonly string[]
}

/** Where mail seems to come from while nobody has set a sender: only the built-in mailbox takes it. */
const NOBODY = 'no-reply@example.com'

export async function outfit(ctx: Ctx): Promise<Outfit> {
  const { house } = ctx
  const settings = await readMail(ctx)
  const company = await companyProfile(ctx)
  const routes = await waysOf(ctx, settings)
  const [first] = routes as [Way]
  const smtp = first.route.kind === 'smtp'
  return {
    route: first.route,
    routes,
    connections: settings.connections,
    frame: {
      company,
      senderName: settings.fromName || company.senderName || company.legalName,
      language: settings.language,
      publicUrl: house.publicUrl,
    },
    charset: settings.charset,
    fromEmail: senderAddress(settings, company) || (smtp ? '' : NOBODY),
    replyTo: settings.replyTo,
    ownerAsSender: settings.ownerAsSender,
    ownerDomain: await provenDomain(ctx),
    bounceDomain: settings.bounceDomain,
    stopByMail: settings.bounceDomain !== '' && (await readMailbox(ctx)).on,
    limits: { perMinute: settings.perMinute, connections: settings.perGroup },
    perDay: settings.rampSince ? rampOf(settings.rampFirst, Math.floor((ctx.now.getTime() - Date.parse(settings.rampSince)) / DAY)) : null,
    dkim: await dkimKeys(ctx),
    legalMissing: missingLegalFields(company),
  }
}

/** The address mails come from; '' while none is set. */
export function senderAddress(settings: MailSettings, company: CompanyProfile): string {
  const address = settings.fromEmail || company.senderEmail
  return address && readAddress(address) ? address : ''
}
