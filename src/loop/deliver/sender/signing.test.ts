import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { LONG, RUNAWAY } from '../../../../test/runaway.ts'
import { render } from '../template/kitchen.ts'
import { digested } from './digest.ts'
import { signature } from './signing.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed = generateKeyPairSync('ed25519')
const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `to:lead${i}@example.co.jp\r\nsubject:見本 ${i}`)

/** What a plain call makes of a text, with nothing coalesced. Both ways of signing are deterministic. */
const plain = (key: KeyObject, isRsa: boolean, text: string): string => {
  const { algorithm, bytes } = digested(isRsa, text)
  return sign(algorithm, bytes, key).toString('base64')
}

test('GEN-05 signatures made many at once are those that each would have had by itself, in the order asked for, for both kinds of keys at once', async () => {
  const asked = texts(130).map((text, i) => ({ text, isRsa: i % 3 > 0, key: i % 3 > 0 ? rsa.privateKey : ed.privateKey }))
  const made = await Promise.all(asked.map(({ key, isRsa, text }) => signature(key, isRsa, text)))
  expect(made).toEqual(asked.map(({ key, isRsa, text }) => plain(key, isRsa, text)))
  const single = await signature(rsa.privateKey, true, '一通')
  expect(verify('sha256', Buffer.from('一通'), rsa.publicKey, Buffer.from(single, 'base64'))).toBe(true)
})

test('X4 a template that has its thread killed costs no letter its signature', async () => {
  const killed = render('runs away', RUNAWAY, [LONG]).catch((error: unknown) => error)
  const asked = texts(60)
  const made = await Promise.all(asked.map((text) => signature(rsa.privateKey, true, text)))
  expect(await killed).toMatchObject({ name: 'TemplateFault', stopped: true })
  expect(made).toEqual(asked.map((text) => plain(rsa.privateKey, true, text)))
})

test('GEN-05 with two keys the first letters have both signatures before the last ones have any', async () => {
  const ends: string[] = []
  const asked = texts(100).flatMap((text, i) => [
    signature(rsa.privateKey, true, text).then(() => ends.push(`rsa ${i}`)),
    signature(ed.privateKey, false, text).then(() => ends.push(`ed25519 ${i}`)),
  ])
  await Promise.all(asked)
  const firstWhole = Math.max(ends.indexOf('rsa 0'), ends.indexOf('ed25519 0'))
  expect(firstWhole).toBeLessThan(Math.min(ends.indexOf('rsa 99'), ends.indexOf('ed25519 99')))
})

test('GEN-05 a key that cannot sign fails each letter of its own and no other', async () => {
  const outcomes = await Promise.allSettled([
    ...texts(10).map((text) => signature(rsa.publicKey, true, text)),
    ...texts(10).map((text) => signature(rsa.privateKey, true, text)),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(10).fill('rejected'), ...Array(10).fill('fulfilled')])
})
