// Bodies of mails share memory that goes round between the threads: none may ever be written over while it is still to be read.
import { expect, test } from 'vitest'
import { bodyOf } from '../sender/body.ts'
import { type PressedMail, press } from './kitchen.ts'

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
const wanted = (name: string) => bodyOf(`=_${name}`, `${name} 様\n.\n`, `<p>${name}</p>${'見本'.repeat(4_000)}`)

test('E1 each body is what it was made as until it has been said that nobody reads it, however often its memory is used again', async () => {
  const kept = await order(['kept1', 'kept2'])
  kept[0]?.spent()
  kept[0]?.spent()
  for (let turn = 0; turn < 6; turn++) {
    const names = Array.from({ length: 1 + ((turn * 7) % 12) }, (_, i) => `t${turn}n${i}`)
    const mails = await order(names)
    for (const [i, { subject, body }] of mails.entries()) {
      const right = wanted(names[i] ?? '')
      expect(subject).toBe(names[i])
      expect(body.bytes.equals(right.bytes)).toBe(true)
      expect(body.hash).toBe(right.hash)
    }
    for (const mail of mails) mail.spent()
  }
  expect(kept[1]?.body.bytes.equals(wanted('kept2').bytes)).toBe(true)
})
