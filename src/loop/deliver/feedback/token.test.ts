import { createCipheriv, createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { property } from '../../../../test/world.ts'
import { mailToken, readMailToken, tokenKeys } from './token.ts'
import { readVerp, verpLocal } from './verp.ts'
import { readWayToken, wayToken } from './way.ts'

const house = { secret: (purpose: string) => createHash('sha256').update(purpose).digest() }
const keys = tokenKeys(house)
const NOW = new Date('2026-04-08T01:00:00Z')

test('X8 a token names exactly one delivery, says nothing in clear, and one changed character makes it nobody’s', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.nat(63), (personId, deliveryId, at) => {
      const token = mailToken(keys, { personId, deliveryId })
      expect(readMailToken(keys, token)).toEqual({ personId, deliveryId })
      const clear = Buffer.from(token, 'base64url').toString('hex')
      expect(clear).not.toContain(personId.replaceAll('-', ''))
      const other = token[at] === 'A' ? 'B' : 'A'
      expect(readMailToken(keys, token.slice(0, at) + other + token.slice(at + 1))).toBeNull()
    }),
    property,
  )
  expect(readMailToken(keys, 'x')).toBeNull()
})

test('X8 a token is a tag by HMAC and both ids under AES-256-CTR from it: those that are out already are read for ever', () => {
  const plainly = (personId: string, deliveryId: string): string => {
    const plain = Buffer.from((personId + deliveryId).replaceAll('-', ''), 'hex')
    const tag = createHmac('sha256', keys.mac).update('mail-token').update(plain).digest().subarray(0, 16)
    return Buffer.concat([tag, createCipheriv('aes-256-ctr', keys.cipher, tag).update(plain)]).toString('base64url')
  }
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (personId, deliveryId) => {
      expect(mailToken(keys, { personId, deliveryId })).toBe(plainly(personId, deliveryId))
    }),
    property,
  )
})

test('X7 a forged bounce address names nobody; what relays add around a true one does not hurt it', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.nat(54), (personId, deliveryId, at) => {
      const local = verpLocal(keys, { personId, deliveryId })
      expect(local.length).toBeLessThanOrEqual(64)
      const named = { personId, tail: deliveryId.replaceAll('-', '').slice(16) }
      for (const address of [
        `${local}@b.example.jp`,
        `${local.toUpperCase()}@B.EXAMPLE.JP`,
        `prvs=123=${local}@b.example.jp`,
        `SRS0=x=y=b.example.jp=${local}@relay.example`,
      ])
        expect(readVerp(keys, address)).toEqual(named)
      // The last letter carries two bits of padding; every other change is a forgery.
      const i = at + 2
      if (at < 54)
        expect(readVerp(keys, `${local.slice(0, i)}${local[i] === 'a' ? 'b' : 'a'}${local.slice(i + 1)}@b.example.jp`)).toBeNull()
    }),
    property,
  )
  expect(readVerp(keys, 'b+deadbeef@b.example.jp')).toBeNull()
})

test('TRK-13 the pass of a click is good for ten minutes and for one person', () => {
  const token = wayToken(house, '01a20120-8695-71a9-b0d2-498a0910cc94', NOW)
  expect(readWayToken(house, token, new Date(NOW.getTime() + 9 * 60_000))).toBe('01a20120-8695-71a9-b0d2-498a0910cc94')
  expect(readWayToken(house, token, new Date(NOW.getTime() + 12 * 60_000))).toBeNull()
  expect(readWayToken(house, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, NOW)).toBeNull()
})
