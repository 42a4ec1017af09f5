// A letter as tests of the composer write it, signed with a key of their own.
import { generateKeyPairSync } from 'node:crypto'
import { dkimHeader } from '#loop/deliver/sender/dkim.ts'
import { bytesOf, compose, type Letter } from '#loop/deliver/sender/mime.ts'

const AT = new Date('2026-04-08T01:00:00Z')

/** A newsletter's letter with long words in Japanese above it. */
export const aLetter = (more: Pick<Letter, 'subject' | 'html' | 'text'> & Partial<Letter>): Letter => ({
  messageId: '01a20120-8695-71a9-b0d2-498a0910cc94@mihon.example',
  date: AT,
  from: { name: '株式会社見本 マーケティング部 採用・広報・製品企画合同チーム', address: 'news@mihon.example' },
  replyTo: { name: '見本 花子', address: 'hanako@mihon.example' },
  to: { name: '見本 一郎', address: 'ichiro@example.co.jp' },
  stopUrl: `https://mail.mihon.example/u/${'x'.repeat(64)}`,
  feedbackId: 'a:b:c:d',
  ...more,
})

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
/** What a letter of `signed` is verified with. */
export const signedWith = publicKey

/** The bytes of a letter with its DKIM signature. */
export async function signed(letter: Letter): Promise<Buffer> {
  const message = compose(letter)
  const header = await dkimHeader(message, { domain: 'mihon.example', selector: 's1', key: privateKey }, AT)
  return bytesOf([header, ...message.headers], message.body)
}
