// Bodies of mails share memory that goes round between the threads: none may ever be written over while it is still to be read.
import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Body } from '../sender/body.ts'
import { type PressedMail, press, render } from './kitchen.ts'

const source = { subject: '{{ name }}', html: `<p>{{ name }}</p>${'見本'.repeat(4_000)}`, text: '{{ name }} 様\n.\n' }
const order = (names: readonly string[]): Promise<PressedMail[]> =>
  press(
    'press test',
    source,
    {},
    names.map((name) => ({ name })),
    names.map((name) => `=_${name}`),
    names.map(() => false),
  )
const wanted = (name: string): string[] => [`${name} 様\r\n.\r\n`, `<p>${name}</p>${'見本'.repeat(4_000)}`]

/** The two parts of a body as a mail program reads them, once its form and its hash have been looked at. */
function readBody({ bytes, hash: said }: Body, name: string): string[] {
  const text = bytes.toString('latin1')
  expect(said).toBe(hash('sha256', bytes, 'base64'))
  expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
  const parts = text.split(`--=_${name}`)
  expect([parts.length, parts[0], parts[3]]).toEqual([4, '', '--\r\n'])
  return parts.slice(1, 3).map((part) => {
    const lines = part.slice(part.indexOf('\r\n\r\n') + 4)
    expect(lines).toMatch(/^(?:(?:[\w+/]{4})+\r\n)*(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?\r\n$/)
    return Buffer.from(lines.replaceAll('\r\n', ''), 'base64').toString()
  })
}

test('E1 each body is what it was made as until it has been said that nobody reads it, however often its memory is used again', async () => {
  const kept = await order(['kept1', 'kept2'])
  kept[0]?.spent()
  kept[0]?.spent()
  for (let turn = 0; turn < 6; turn++) {
    const names = Array.from({ length: 1 + ((turn * 7) % 12) }, (_, i) => `t${turn}n${i}`)
    const mails = await order(names)
    for (const [i, { subject, body }] of mails.entries()) {
      expect(subject).toBe(names[i])
      expect(readBody(body, names[i] ?? '')).toEqual(wanted(names[i] ?? ''))
    }
    for (const mail of mails) mail.spent()
  }
  expect(kept[1] && readBody(kept[1].body, 'kept2')).toEqual(wanted('kept2'))
})

test('X4 an order that cannot be sent to its thread fails alone: those behind it have the time that is theirs', async () => {
  await expect(render('unsendable', source, [{ name: () => 'no data' } as never])).rejects.toThrow('could not be cloned')
  // Slow, but far within 20 ms for each mail; all of it is more than the one that failed was allowed.
  const slow = { subject: 'x', html: `{% if ${'name contains "ab" or '.repeat(1_000)}false %}x{% endif %}`, text: '' }
  const people = Array.from({ length: 200 }, () => ({ name: 'a'.repeat(300) }))
  expect(await render('slow', slow, people)).toHaveLength(200)
})
