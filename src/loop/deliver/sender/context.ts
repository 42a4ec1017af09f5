// What a template is given for one person. Pure.
import type { CompanyProfile } from '#access/company/contract.ts'
import type { Purpose } from '../tables.ts'
import type { MergeContext } from '../template/liquid.ts'
import { segmentName } from '../template/names.ts'
import type { Recipient } from './queries.ts'

const WORDS = {
  ja: {
    contact: 'お問い合わせ:',
    stop_sentence: '今後このようなご案内が不要な方は、下記より配信を停止できます。',
    stop_link: '配信停止・受信設定',
    web_link: 'このメールをブラウザで見る',
  },
  en: {
    contact: 'Contact:',
    stop_sentence: 'If you no longer wish to receive mails like this one, you can stop them here.',
    stop_link: 'Unsubscribe or change what you receive',
    web_link: 'View this mail in your browser',
  },
} as const
export type MailLanguage = keyof typeof WORDS

/** Company, department and name as a letter begins in Japanese; whatever is not known is left out, and nobody is 「様」 without a name. */
export function salutation(r: Pick<Recipient, 'company_name' | 'department' | 'family_name'>): string {
  const head = [r.company_name, r.company_name ? r.department : null].map((s) => s?.trim()).filter(Boolean)
  const name = r.family_name?.trim()
  return [...head, name ? `${name} 様` : head.length ? 'ご担当者様' : 'お客様'].join(' ')
}

export interface MailFrame {
  readonly company: CompanyProfile
  readonly senderName: string
  readonly language: MailLanguage
  readonly publicUrl: string
}

/** Address lines of the company as a letter shows them. */
export function postalAddress(company: CompanyProfile): string {
  return [company.postalCode ? `〒${company.postalCode.replace(/^〒\s*/, '')}` : '', company.address].filter(Boolean).join(' ')
}

/** What all mails of a frame have in common. */
export function sharedContext({ company, senderName, language }: MailFrame): MergeContext {
  return {
    sender: {
      legal_name: company.legalName,
      name: senderName,
      address: postalAddress(company),
      contact: [company.contactEmail, company.phone].filter(Boolean).join(' / '),
    },
    words: WORDS[language],
  }
}

interface MailFor {
  readonly token: string | null
  readonly purpose: Purpose
  readonly segments: ReadonlySet<string>
  /** The version it is made from: links of people who are not counted name it alone. */
  readonly versionId?: string
  /** The newsletter that stands on the web too. */
  readonly onWeb?: string | null
  /** What the facts say that its words speak of. */
  readonly facts?: Readonly<Record<string, string>> | undefined
}

/** @param mail.token of the delivery; null for previews and tests: no pixel, no trap, and a stop link that leads nowhere */
export function ownContext(frame: MailFrame, r: Recipient, mail: MailFor): MergeContext {
  const base = frame.publicUrl.replace(/\/$/, '')
  const marketing = mail.purpose === 'marketing'
  return {
    lead: {
      salutation: salutation(r),
      family_name: r.family_name ?? '',
      given_name: r.given_name ?? '',
      family_kana: r.family_kana ?? '',
      given_kana: r.given_kana ?? '',
      company: r.company_name ?? '',
      department: r.department ?? '',
      title: r.title ?? '',
      prefecture: r.prefecture ?? '',
      industry: r.industry ?? '',
      email: r.mail ?? '',
      attrs: r.attrs ?? {},
    },
    fact: mail.facts ?? {},
    owner: { name: r.owner_name ?? frame.senderName, email: r.owner_mail ?? frame.company.contactEmail },
    in_segment: Object.fromEntries([...mail.segments].map((id) => [segmentName(id).slice('in_segment.'.length), true])),
    marketing,
    trap: marketing && mail.token !== null && r.tracked,
    // Whoever is not counted gets links that name the mail and nobody.
    click: mail.versionId && !r.tracked ? `${base}/r/${mail.versionId}` : `${base}/c/${mail.token ?? ''}`,
    pixel: mail.token && r.tracked ? `${base}/o/${mail.token}.gif` : null, // an empty text would be true to Liquid
    web_url: mail.onWeb ? `${base}/n/${mail.onWeb}` : null,
    confirm_url: mail.token ? `${base}/u/${mail.token}/confirm` : `${base}/u/preview`,
    stop_url: mail.token ? `${base}/u/${mail.token}` : `${base}/u/preview`,
  }
}

/** Whatever a template may read for one person. */
export function contextOf(frame: MailFrame, r: Recipient, mail: MailFor): MergeContext {
  return { ...sharedContext(frame), ...ownContext(frame, r, mail) }
}
