// The mail that asks "was it you?": our own words and the company's name, nothing that a stranger could have typed.
import { hashedId } from '#kernel/chance.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { mayAsk } from '#loop/identify/consent/decide.ts'
import { claimWaiting, noteAsked } from '#loop/identify/consent/optin.ts'
import { loadPeople } from '#loop/identify/service.ts'
import { queue } from '../outbox/service.ts'
import { outfit } from '../sender/settings.ts'
import { putSystemTemplate } from './queries.ts'

/** Sends the confirmation mails of these asks, within the limits; what goes over them is kept with the reason. */
export async function sendOptins(ctx: Ctx, asked: readonly { subject: Subject; id: string }[]): Promise<void> {
  if (!asked.length) return
  const waiting = await claimWaiting(ctx, asked)
  if (!waiting.length) return
  const people = await loadPeople(
    ctx,
    waiting.map((one) => one.subject),
  )
  const counts = new Map<string, number>()
  const fates = waiting.map((one) => {
    const address = one.toAddress + (counts.get(one.address_hash) ?? 0)
    const domain = one.toDomain + (counts.get(one.domain) ?? 0)
    const held = people.get(one.subject.id)?.mail === one.address ? mayAsk({ address, domain }) : 'other address'
    if (held === null) for (const key of [one.address_hash, one.domain]) counts.set(key, (counts.get(key) ?? 0) + 1)
    return { ...one, held }
  })
  const templateVersion = await systemTemplate(ctx)
  await queue(
    ctx,
    fates
      .filter((one) => one.held === null)
      .map((one) => ({ subject: one.subject, what: `optin:${one.id}`, templateVersion, purpose: 'transactional' as const, priority: 9 })),
  )
  await noteAsked(ctx, fates)
}

const WORDS = {
  ja: {
    name: '登録の確認（自動）',
    subject: '【{{ sender.legal_name }}】メール配信の登録確認',
    body: [
      'メール配信のお申し込みを受け付けました。',
      'まだ登録は完了していません。お申し込みがご本人によるものであれば、下のボタンから確認してください。',
      'お心当たりがない場合は、何もせずこのメールを破棄してください。登録されることはありません。',
    ],
    button: '登録を確認する',
  },
  en: {
    name: 'Confirmation (automatic)',
    subject: '[{{ sender.legal_name }}] Please confirm your subscription',
    body: [
      'We received a request to send you our mails.',
      'You are not subscribed yet. If it was you, please confirm it with the button below.',
      'If it was not you, simply delete this mail: nothing will be sent.',
    ],
    button: 'Confirm',
  },
} as const

/** The version of the mail in the language of the house; made when its words are new. */
async function systemTemplate(ctx: Ctx): Promise<string> {
  const language = (await outfit(ctx)).frame.language
  const words = WORDS[language]
  const html = htmlOf(words)
  const text = [
    ...words.body.slice(0, 2),
    '{{ confirm_url }}',
    words.body[2],
    '',
    '{{ sender.legal_name }}',
    '{{ sender.address }}',
    '{{ sender.contact }}',
  ].join('\n\n')
  const versionId = hashedId('system template', 'optin', language, words.subject, html, text)
  const templateId = hashedId('system template', 'optin', language)
  await putSystemTemplate(ctx.db, { templateId, versionId, name: words.name, subject: words.subject, html, text }, ctx.now)
  return versionId
}

function htmlOf(words: (typeof WORDS)['ja' | 'en']): string {
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${text}</p>`
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"></head><body style="margin:0;background:#f5f6f8">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 12px"><table role="presentation" width="560" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:12px"><tr><td style="padding:32px;font:15px/1.8 'Hiragino Sans','Noto Sans JP',Meiryo,sans-serif;color:#1f2329">
${paragraph(words.body[0])}${paragraph(words.body[1])}
<p style="margin:24px 0"><a href="{{ confirm_url }}" style="display:inline-block;background:#4f63d8;color:#ffffff;text-decoration:none;font-weight:bold;border-radius:8px;padding:12px 28px">${words.button}</a></p>
<p style="margin:0 0 16px;color:#5b6270">${words.body[2]}</p>
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #e8eaee;font-size:13px;color:#5b6270">{{ sender.legal_name }}<br>{{ sender.address }}<br>{{ sender.contact }}</p>
</td></tr></table></td></tr></table></body></html>`
}
