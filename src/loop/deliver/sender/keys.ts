// The keys mails are signed with: RSA, Ed25519 beside it, and the next one while it is being published.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import type { DkimKey } from './dkim.ts'
import { seal, unseal } from './seal.ts'

const DKIM = 'mail.dkim'
const pair = z.object({ selector: z.string(), key: z.string(), record: z.string() })
const stored = pair
  .extend({
    domain: z.string(),
    /** Signs beside RSA once its record was seen in DNS. */
    ed25519: pair.extend({ seen: z.boolean() }).nullable().default(null),
    /** Takes over once its record was seen. */
    next: pair.nullable().default(null),
    /** Keys that sign no more; their records stay until every mail signed with them has been checked. */
    old: z.array(z.object({ selector: z.string(), until: z.string() })).default([]),
  })
  .nullable()
export type Keys = NonNullable<z.infer<typeof stored>>

/** A receiver may look at a mail days later, when it was queued on its way. */
const OLD_STAYS_MS = 7 * DAY

export function readKeys(ctx: Ctx): Promise<Keys | null> {
  return readSetting(ctx, DKIM, stored, null)
}

function fresh(ctx: Ctx, selector: string, kind: 'rsa' | 'ed25519'): z.infer<typeof pair> {
  const { privateKey } = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  // RFC 8463 §4: of Ed25519 the 32 bytes themselves, which end the SPKI form.
  const bytes = kind === 'rsa' ? spki : spki.subarray(-32)
  return { selector, key: seal(ctx.house.secret('dkim'), pem), record: `v=DKIM1; k=${kind}; p=${bytes.toString('base64')}` }
}

/** Makes the first keys of a domain; only the private halves are secret. */
export async function makeDkim(ctx: Ctx, { domain, selector }: { domain: string; selector: string }): Promise<void> {
  const keys: Keys = {
    domain,
    ...fresh(ctx, selector, 'rsa'),
    ed25519: { ...fresh(ctx, `${selector}e`, 'ed25519'), seen: false },
    next: null,
    old: [],
  }
  await writeSetting(ctx, DKIM, keys)
}

/** The next RSA key under a selector of its own; the present one signs on until the new record is seen. */
export async function rotateDkim(ctx: Ctx): Promise<void> {
  const keys = await readKeys(ctx)
  if (!keys) return refuse('missing', 'dkim.none', { message: 'There is no DKIM key yet.' })
  const taken = new Set([keys.selector, keys.ed25519?.selector, ...keys.old.map(({ selector }) => selector)])
  const stem = keys.selector.replace(/\d+$/, '') || 'key'
  let number = Number(/\d+$/.exec(keys.selector)?.[0] ?? 0) + 1
  while (taken.has(`${stem}${number}`)) number++
  await writeSetting(ctx, DKIM, { ...keys, next: fresh(ctx, `${stem}${number}`, 'rsa') })
}

export async function dropDkim(ctx: Ctx): Promise<void> {
  await writeSetting(ctx, DKIM, null)
}

/** What DNS was seen to carry takes effect: Ed25519 begins to sign, the next key takes over, old ones are forgotten in time. */
export async function settleKeys(ctx: Ctx, seen: ReadonlySet<string>): Promise<void> {
  const keys = await readKeys(ctx)
  if (!keys) return
  const old = keys.old.filter(({ until }) => Date.parse(until) > ctx.now.getTime())
  const now: Keys = { ...keys, old, ed25519: keys.ed25519 && { ...keys.ed25519, seen: seen.has(keys.ed25519.record) } }
  const next = keys.next && seen.has(keys.next.record) ? keys.next : null
  if (next) {
    const until = new Date(ctx.now.getTime() + OLD_STAYS_MS).toISOString()
    Object.assign(now, next, { next: null, old: [...old, { selector: keys.selector, until }] })
  }
  if (JSON.stringify(now) !== JSON.stringify(keys)) await writeSetting(ctx, DKIM, now)
}

/** Keys opened before, by their sealed form: opening one costs as much as two signatures, and rounds ask for it again and again. */
const opened = new Map<string, KeyObject>()
const MOST_OPENED = 8

function openKey(house: House, sealed: string): KeyObject | null {
  const known = opened.get(sealed)
  if (known) return known
  const pem = unseal(house.secret('dkim'), sealed)
  if (!pem) return null
  const key = createPrivateKey(pem)
  if (opened.size >= MOST_OPENED) opened.clear()
  opened.set(sealed, key)
  return key
}

/** The keys that sign now. */
export async function dkimKeys(ctx: Ctx): Promise<DkimKey[]> {
  const keys = await readKeys(ctx)
  if (!keys) return []
  return [keys, ...(keys.ed25519?.seen ? [keys.ed25519] : [])].flatMap(({ selector, key }) => {
    const open = openKey(ctx.house, key)
    return open ? [{ domain: keys.domain, selector, key: open }] : []
  })
}
