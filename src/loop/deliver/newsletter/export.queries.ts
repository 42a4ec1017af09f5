import { sql } from 'kysely'
import { z } from 'zod'
import { flatSource } from '#loop/identify/export/flat.ts'

const STATUSES = [
  { value: 'sent', ja: '送信済み', en: 'Sent' },
  { value: 'queued', ja: '送信待ち', en: 'Waiting' },
  { value: 'claimed', ja: '送信待ち', en: 'Waiting' },
  { value: 'transmitting', ja: '送信中', en: 'Sending' },
  { value: 'deferred', ja: '再送待ち', en: 'Deferred' },
  { value: 'refused', ja: '届かず', en: 'Refused' },
  { value: 'unknown', ja: '不明', en: 'Unknown' },
  { value: 'suppressed', ja: '送信対象外', en: 'Left out' },
  { value: 'cancelled', ja: '中止', en: 'Cancelled' },
]

/** Who got a newsletter, who did not, and why. */
export const deliveriesSource = flatSource({
  name: 'deliveries',
  ja: '配信結果',
  en: 'Deliveries',
  permission: 'newsletters.read',
  filter: z.object({ newsletter: z.guid() }),
  columns: [
    { key: 'name', ja: '氏名', en: 'Name' },
    { key: 'company', ja: '会社名', en: 'Company' },
    { key: 'mail', ja: 'メールアドレス', en: 'Mail' },
    { key: 'status', ja: '状態', en: 'Status' },
    { key: 'reason', ja: '理由', en: 'Reason' },
    { key: 'sent', ja: '送信日時', en: 'Sent at' },
    { key: 'opened', ja: '開封日時', en: 'Opened at' },
    { key: 'clicked', ja: 'クリック日時', en: 'Clicked at' },
    { key: 'stopped', ja: '配信停止日時', en: 'Unsubscribed at' },
    { key: 'lead', ja: 'リードID', en: 'Lead ID' },
  ],
  words: { status: STATUSES },
  rows: ({
    newsletter,
  }) => sql`SELECT concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name AS company, coalesce(d.address, p.mail) AS mail,
      d.status, d.reason, d.sent_at AS sent, d.opened_at AS opened, d.clicked_at AS clicked, d.stopped_at AS stopped, d.person_id AS lead
    FROM delivery d LEFT JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id WHERE d.source = ${newsletter}::uuid ORDER BY d.bucket, d.person_id`,
})
