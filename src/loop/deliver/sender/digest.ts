import { hash } from 'node:crypto'

/** What a key of this kind signs of a text, and how Node is told: Ed25519 signs the hash itself (RFC 8463 §3). */
export const digested = (isRsa: boolean, text: string): { readonly algorithm: 'sha256' | null; readonly bytes: Buffer } =>
  isRsa ? { algorithm: 'sha256', bytes: Buffer.from(text, 'utf8') } : { algorithm: null, bytes: hash('sha256', text, 'buffer') }
