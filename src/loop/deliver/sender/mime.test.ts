import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { dkimPasses } from '../../../../test/dkim.ts'
import { aLetter, signed, signedWith } from '../../../../test/letter.ts'
import { property } from '../../../../test/world.ts'
import { readAddress } from './address.ts'
import { relaxedHeader } from './dkim.ts'
import { bytesOf, compose, type Letter } from './mime.ts'

const letter = (more: Partial<Letter> = {}): Letter =>
  aLetter({
    replyTo: { name: 'Mihon "Hanako" \\ Sales', address: 'hanako@mihon.example' },
    subject: '【見本】料金表をご覧いただいた皆さまへ、秋の導入相談会のご案内です😀',
    html: '<p>髙﨑①㈱ ・.</p>\n.\n..x',
    text: 'こんにちは\n.\n',
    ...more,
  })

test('E1 a mail parses back to what was meant, its lines keep their limits, and DKIM covers the List headers', async () => {
  const raw = await signed(letter())
  const mail = await PostalMime.parse(raw)
  expect(mail.subject).toBe(letter().subject)
  expect(mail.from).toMatchObject({ name: letter().from.name, address: 'news@mihon.example' })
  expect(mail.replyTo?.[0]).toMatchObject({ name: 'Mihon "Hanako" \\ Sales', address: 'hanako@mihon.example' })
  expect(mail.html?.replace(/\r\n/g, '\n')).toContain('髙﨑①㈱')
  expect(mail.messageId).toBe(`<${letter().messageId}>`)
  const dkim = dkimPasses(raw, signedWith)
  expect(dkim.ok).toBe(true)
  for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post'])
    expect(dkim.headers).toContain(name)
  for (const line of raw.toString('utf8').split('\r\n')) expect(line.length).toBeLessThan(998)
  expect(raw.toString('utf8')).toMatch(/\r\nList-Unsubscribe: <https:\/\/mail\.mihon\.example\/u\/x{64}>\r\n/)
})

test('E3 no subject, name or body is changed on its way, however odd its characters', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      async (subject, name) => {
        const raw = await signed(letter({ subject, to: { name, address: 'a@example.co.jp' } }))
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
        const tidy = (text: string) => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim()
        expect(dkimPasses(raw, signedWith).ok).toBe(true)
        const mail = await PostalMime.parse(raw)
        if (!/[\u00a0\ufeff]|\s\s|=\?/.test(subject)) expect(mail.subject ?? '').toBe(tidy(subject))
        for (const line of raw.toString('utf8').slice(0, raw.indexOf('\r\n\r\n')).split('\r\n'))
          if (line.includes('=?UTF-8')) expect(line.length).toBeLessThanOrEqual(76)
      },
    ),
    { ...property, numRuns: 80 },
  )
})

test('X5 nothing in a header can make a second header or a second recipient', () => {
  const crooked = letter({
    subject: 'a\r\nBcc: x@evil.example\r\n\r\nbody',
    from: { name: 'x\r\nX-Evil: 1', address: 'news@mihon.example' },
    feedbackId: 'a\r\nX: 1',
  })
  const { headers, body } = compose(crooked)
  const text = bytesOf(headers, body).toString('utf8')
  expect(text).not.toMatch(/^(Bcc|X-Evil|X):/m)
  for (const address of [
    'a@b.example,c@d.example',
    'a@b.example\r\nRCPT TO:<x@y.example>',
    '<a@b.example>',
    'a b@c.example',
    'a@b',
    '@b.example',
    'a@',
    '"a@x.example,b"@y.example',
    'a@b.example>',
    "a'(x)@b.example",
    'a@[127.0.0.1]',
    `${'a'.repeat(65)}@b.example`,
    'a@-b.example',
    'あ@example.co.jp',
  ]) {
    expect(readAddress(address), address).toBeNull()
  }
  expect(readAddress('a..b@docomo.ne.jp')?.wire).toBe('"a..b"@docomo.ne.jp')
  expect(readAddress('info@日本語.jp')?.wire).toBe('info@xn--wgv71a119e.jp')
})

test('E1 a header is signed in its relaxed form, however it is folded and spaced', () => {
  const plainly = (value: string) =>
    value
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .replace(/^ | $/g, '')
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'B', ' ', '\t', '\r\n ', '<x@y.example>', '=?UTF-8?B?44GC?=')), (pieces) => {
      expect(relaxedHeader({ name: 'Subject', value: pieces.join('') })).toBe(`subject:${plainly(pieces.join(''))}\r\n`)
    }),
    property,
  )
})
