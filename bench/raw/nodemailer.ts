// Control for workload 6: nodemailer's pool with DKIM, sending one ready message again and again. Reads `<count>\n`, answers `done\n`.
import { generateKeyPairSync } from 'node:crypto'
import nodemailer from 'nodemailer'

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const { html, text } = JSON.parse(Buffer.from(process.env.WORDS ?? '', 'base64').toString('utf8')) as { html: string; text: string }
const LINES = Number(process.env.LINES ?? 10)
const transport = nodemailer.createTransport({
  pool: true,
  maxConnections: LINES,
  maxMessages: Number.POSITIVE_INFINITY,
  host: '127.0.0.1',
  port: Number(process.env.SINK),
  secure: false,
  ignoreTLS: true,
  dkim: { domainName: 'mihon.example', keySelector: 's1', privateKey },
})

process.stdin.on('data', async (chunk) => {
  const count = Number(String(chunk).trim())
  let sent = 0
  const lane = async (): Promise<void> => {
    while (sent < count) {
      const n = sent++
      await transport.sendMail({ from: 'news@mihon.example', to: `lead${n}@example.co.jp`, subject: 'ご案内', html, text })
    }
  }
  await Promise.all(Array.from({ length: LINES }, lane))
  process.stdout.write('done\n')
})
process.stdout.write('ready\n')
