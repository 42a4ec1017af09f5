// A DKIM verifier of the tests' own, written from RFC 6376 (rsa-sha256, relaxed/relaxed) and working on the raw bytes alone.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

/** The key a record in DNS gives (RSA). */
export const keyIn = (record: string): KeyObject =>
  createPublicKey({ key: Buffer.from(record.split('p=')[1] ?? '', 'base64'), format: 'der', type: 'spki' })

/** Checks the first signature of a mail. @returns whether it holds, and the headers it covers */
export function dkimPasses(raw: Buffer, publicKey: KeyObject): { ok: boolean; headers: string[]; domain: string } {
  const text = raw.toString('utf8')
  const split = text.indexOf('\r\n\r\n')
  const headers: { name: string; raw: string }[] = []
  for (const line of text.slice(0, split).split('\r\n')) {
    if (/^[ \t]/.test(line)) (headers.at(-1) as { raw: string }).raw += `\r\n${line}`
    else headers.push({ name: line.slice(0, line.indexOf(':')).toLowerCase(), raw: line })
  }
  const relax = (h: { name: string; raw: string }) =>
    `${h.name}:${h.raw
      .slice(h.raw.indexOf(':') + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`
  const signature = headers.find((h) => h.name === 'dkim-signature') as { name: string; raw: string }
  const tags = new Map(
    relax(signature)
      .slice('dkim-signature:'.length)
      .split(';')
      .map((t) => [t.slice(0, t.indexOf('=')).trim(), t.slice(t.indexOf('=') + 1).replace(/\s/g, '')] as const),
  )
  let body = text
    .slice(split + 4)
    .split('\r\n')
    .map((l) => l.replace(/[ \t]+$/, '').replace(/[ \t]+/g, ' '))
    .join('\r\n')
  while (body.endsWith('\r\n')) body = body.slice(0, -2)
  if (createHash('sha256').update(`${body}\r\n`).digest('base64') !== tags.get('bh')) return { ok: false, headers: [], domain: '' }
  const names = (tags.get('h') ?? '').split(':')
  const pool = [...headers]
  const lines = names.flatMap((name) => {
    const at = pool.findLastIndex((h) => h.name === name)
    return at < 0 ? [] : pool.splice(at, 1).map(relax)
  })
  const data = [...lines, relax({ ...signature, raw: signature.raw.replace(/(;\s*b=)[\s\S]*$/, '$1') })].join('\r\n')
  return {
    ok: verify('sha256', Buffer.from(data), publicKey, Buffer.from(tags.get('b') ?? '', 'base64')),
    headers: names,
    domain: tags.get('d') ?? '',
  }
}
