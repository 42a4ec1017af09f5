// E1: twenty thousand letters as the product really sends them, each taken apart by whoever receives it.
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { KeyObject } from 'node:crypto'
import PostalMime from 'postal-mime'
import { withTx } from '#kernel/db/tx.ts'
import { makeDkim, readKeys } from '#loop/deliver/sender/keys.ts'
import type { Block, Draft, RichText } from '#loop/deliver/template/contract.ts'
import { dkimPasses, keyIn } from '../dkim.ts'
import type { Taken } from '../sink.ts'
import { type Arena, openArena, SYSTEM } from './arena.ts'
import { makeLeads, makeNewsletter, prepareCompany, settled, startMailing, startServer, toServer } from './mailing.ts'
import type { Row } from './row.ts'

/** What people, spreadsheets and attackers leave in a field. */
const ODD = [
  '見本',
  '髙﨑',
  '①㈱ Ⅳ',
  'ﾊﾝｶｸ ｶﾅ',
  '😀👨‍👩‍👧',
  "O'Brien & Söhne <b>",
  '{{ lead.email }}',
  '=?UTF-8?B?44GC?=',
  'a\u200bb\u00ad',
  '"quoted", (x); y: <z>',
  '長'.repeat(60),
  '.',
  '..\u3000..',
  'العربية עברית',
  'x'.repeat(120),
  '% $ # \\ ` ~',
  '\u202egnp.exe',
  'e\u0301\u0323 Å',
]
const pick = <T>(draw: () => number, from: readonly T[]): T => from[Math.floor(draw() * from.length)] as T
const words = (draw: () => number): string =>
  Array.from({ length: 1 + Math.floor(draw() * 12) }, () => pick(draw, ODD)).join(pick(draw, ['', ' ', '、']))

/** At most so many characters, and no field cut in two: half a field is text that somebody typed. */
const short = (draw: () => number, most: number): string =>
  words(draw)
    .slice(0, most)
    .replace(/\{\{(?![^{]*\}\})[^{]*$/, '')

const prose = (draw: () => number): RichText => ({
  type: 'doc',
  content: Array.from({ length: 1 + Math.floor(draw() * 4) }, () => ({
    type: 'paragraph' as const,
    content: [
      {
        type: 'mergeField' as const,
        attrs: { field: pick(draw, ['lead.salutation', 'lead.family_name', 'lead.company']), fallback: 'お客様' },
      },
      { type: 'text' as const, text: words(draw) },
      { type: 'hardBreak' as const },
      {
        type: 'text' as const,
        text: words(draw),
        marks: [{ type: 'link' as const, attrs: { href: `https://www.mihon.example/${Math.floor(draw() * 1e6)}?a=1&b=2` } }],
      },
    ],
  })),
})

/** A letter of some blocks in some order. */
function someDraft(draw: () => number): Draft {
  const block = (id: string): Block => {
    const kind = Math.floor(draw() * 5)
    if (kind === 0) return { id, kind: 'heading', text: short(draw, 300), level: 1, align: 'left' }
    if (kind === 1) return { id, kind: 'text', doc: prose(draw) }
    if (kind === 2)
      return {
        id,
        kind: 'button',
        label: short(draw, 120),
        href: `https://www.mihon.example/${id}`,
        align: 'center',
        color: '#4f63d8',
      }
    if (kind === 3) return { id, kind: 'space', height: 24 }
    return { id, kind: 'divider' }
  }
  const subject = `${short(draw, 120)}{{ lead.family_name }}様`
  return {
    subject,
    preheader: short(draw, 100),
    blocks: Array.from({ length: 1 + Math.floor(draw() * 8) }, (_, i) => block(`b${i}`)),
  }
}

/** Gives every lead a name of its own oddness, as imports and forms would bring it. */
async function oddNames(arena: Arena): Promise<void> {
  await arena.pool.query(
    `UPDATE person SET family_name = o.family, given_name = o.given, company_name = o.company
     FROM (SELECT p.bucket, p.id, ($1::text[])[1 + (row_number() OVER (ORDER BY p.id)) % $2] AS family, ($1::text[])[1 + (row_number() OVER (ORDER BY p.id) * 7) % $2] AS given,
       ($1::text[])[1 + (row_number() OVER (ORDER BY p.id) * 11) % $2] AS company FROM person p) o WHERE person.bucket = o.bucket AND person.id = o.id`,
    [ODD, ODD.length],
  )
}

const ONCE = ['from', 'to', 'date', 'subject', 'message-id', 'mime-version', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id']
const SIGNED = ['from', 'to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post']
/** 特定電子メール法: who is responsible, where they are, where to complain; and the way out. */
const FOOTER = ['株式会社見本', '東京都見本区1-2-3', 'info@mihon.example']

/** Takes one letter apart as RFC 5322, RFC 6376 and RFC 8058 have it. @throws what does not hold */
async function inspect(mail: Taken, key: KeyObject): Promise<string> {
  const raw = Buffer.from(mail.raw, 'latin1')
  const text = mail.raw
  ok(!/[^\r]\n|\r[^\n]/.test(text), 'a bare CR or LF')
  ok(
    text.split('\r\n').every((line) => line.length <= 998),
    'a line of more than 998 bytes',
  )
  const head = text.slice(0, text.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
  const names = head.split('\r\n').map((line) => {
    const name = /^([!-9;-~]+):/.exec(line)?.[1]
    ok(name, `no header: ${line.slice(0, 80)}`)
    return name.toLowerCase()
  })
  for (const name of ONCE) equal(names.filter((one) => one === name).length, 1, `${name} must be there once`)
  const dkim = dkimPasses(raw, key)
  ok(dkim.ok, 'DKIM')
  deepEqual(
    SIGNED.filter((name) => !dkim.headers.includes(name)),
    [],
    'headers outside of the signature',
  )
  const read = await PostalMime.parse(raw)
  equal(read.from?.address?.split('@')[1], dkim.domain, 'From is aligned with the signature')
  deepEqual(
    read.to?.map((one) => one.address),
    mail.to,
  )
  equal(/^List-Unsubscribe-Post: (.*)$/im.exec(head)?.[1], 'List-Unsubscribe=One-Click')
  const stop = /^List-Unsubscribe: <([^>]+)>/im.exec(head)?.[1] ?? ''
  ok(stop.includes('/u/'), stop)
  for (const part of [read.html ?? '', read.text ?? ''])
    for (const field of [...FOOTER, stop]) ok(part.includes(field), `the footer lacks ${field}: ${part.slice(-600)}`)
  ok(!/\{\{|\{%/.test((read.html ?? '').replaceAll('{{ lead.email }}', '')), 'template code was left')
  return read.messageId ?? ''
}

export const inspectedLetters: Row = {
  id: 'E1',
  title:
    'E1 GEN-03 every letter parses, its DKIM signature holds, is aligned and covers the way out, and its footer is whole, whatever stands in it',
  async run(ground, scale, seed) {
    const { drafts, people } = scale === 'full' ? { drafts: 40, people: 500 } : { drafts: 4, people: 60 }
    const arena = await openArena(ground, seed)
    const sink = await startServer()
    try {
      await prepareCompany(arena)
      const house = await arena.house()
      await withTx(house, SYSTEM, (ctx) => makeDkim(ctx, { domain: 'mihon.example', selector: 's1' }))
      const key = keyIn((await withTx(house, SYSTEM, readKeys))?.record ?? '')
      const segment = await makeLeads(house, people)
      await oddNames(arena)
      const sender = await arena.product({ run: 'worker', env: toServer(sink.port) })
      for (let i = 0; i < drafts; i++) {
        const id = await makeNewsletter(arena, segment, someDraft(arena.draw))
        await startMailing(arena, id, people)
        deepEqual(await settled(arena, id, people), { sent: people })
      }
      const ids = new Set<string>()
      for (const mail of sink.taken)
        ids.add(
          await inspect(mail, key).catch((error: Error) => {
            throw new Error(`${error.message}\n${mail.raw.slice(0, 1_500)}`)
          }),
        )
      equal(ids.size, drafts * people, 'each letter has a Message-ID of its own')
      await sender.stop()
      return `${sink.taken.length} letters of ${drafts} drafts: all parsed, signed, aligned, with List headers inside the signature and whole footers`
    } finally {
      await arena.close()
      await sink.close()
    }
  },
}
