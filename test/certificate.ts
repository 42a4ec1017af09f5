// A self-signed certificate made in the test: DER by hand (RFC 5280 §4.1), so that no tool and no key in the repository is needed.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const head = length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), body])
}
const sequence = (...parts: readonly Buffer[]) => tlv(0x30, ...parts)
const time = (at: Date) => tlv(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
/** sha256WithRSAEncryption */
const SIGNED_BY = sequence(Buffer.from('06092a864886f70d01010b', 'hex'), Buffer.from('0500', 'hex'))
const nameOf = (text: string) => sequence(tlv(0x31, sequence(Buffer.from('0603550403', 'hex'), tlv(0x0c, Buffer.from(text)))))

export interface Certificate {
  readonly pem: string
  readonly key: KeyObject
}

/** @param from the instant from which it is good, for ten years */
export function selfSigned(name: string, from: Date): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const until = new Date(from.getTime() + 10 * 365 * 86_400_000)
  const facts = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1])),
    SIGNED_BY,
    nameOf(name),
    sequence(time(from), time(until)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('RSA-SHA256', facts, privateKey)
  const der = sequence(facts, SIGNED_BY, tlv(0x03, Buffer.from([0]), signature))
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey,
  }
}
