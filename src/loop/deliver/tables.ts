import type { Generated, GeneratedAlways } from 'kysely'
import type { JsonObject } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'
import { meetDeliveries } from './outbox/meet.queries.ts'
import type { Draft } from './template/contract.ts'

export interface TemplateTable {
  id: string
  name: string
  version_id: string
  created_at: Date
  updated_at: Date
  archived_at: Date | null
  folder_id: string | null
}

export interface TemplateFolderTable {
  id: string
  parent_id: string | null
  name: string
  sharing: JsonObject | null
  made_by: string | null
  created_at: Date
}

export interface MailImageTable {
  id: string
  token: string
  name: string
  kind: 'jpeg' | 'png' | 'gif'
  width: number
  height: number
  bytes: Buffer
  small: Buffer
  made_by: string | null
  created_at: Date
  archived_at: Date | null
}

export interface TemplateBlockTable {
  id: string
  name: string
  block: JsonObject
  made_by: string | null
  created_at: Date
}

export interface TemplateVersionTable {
  id: string
  template_id: string
  version: number
  draft: Draft
  subject: string
  html: string
  body_text: string
  links: string[]
  segments: string[]
  warnings: string[]
  created_at: Date
  used_at: Date | null
}

export interface MailTopicTable {
  id: string
  ja: string
  en: string
  position: number
  created_at: Date
  archived_at: Date | null
}

export interface TopicStopTable {
  bucket: number
  person_id: string
  topic_id: string
  since: Date
  origin_person_id: string | null
}

export type NewsletterStatus = 'draft' | 'scheduled' | 'sending' | 'paused' | 'finished' | 'cancelled'

export interface NewsletterTable {
  id: string
  name: string
  template_id: string
  version_id: string | null
  topic_id: string | null
  include: string[]
  exclude: string[]
  status: NewsletterStatus
  send_at: Date | null
  audience: number | null
  expand_bucket: number | null
  expand_person: string | null
  expanded_at: Date | null
  created_at: Date
  updated_at: Date
  started_at: Date | null
  finished_at: Date | null
  /** Why the sender held it by itself. */
  held_reason: 'bounces' | 'complaints' | null
}

/** queued → claimed → transmitting → sent | deferred | refused | unknown; beside them suppressed and cancelled. */
export type DeliveryStatus =
  | 'queued'
  | 'claimed'
  | 'transmitting'
  | 'sent'
  | 'deferred'
  | 'refused'
  | 'unknown'
  | 'suppressed'
  | 'cancelled'
export type Purpose = 'marketing' | 'transactional'

export interface DeliveryTable {
  bucket: number
  person_id: string
  id: string
  what: string
  source: string
  version_id: string
  purpose: Purpose
  topic_id: string | null
  status: DeliveryStatus
  reason: string | null
  address: string | null
  reply: string | null
  attempts: Generated<number>
  priority: Generated<number>
  not_before: Date
  worker: string | null
  fence: Generated<number>
  resent: Generated<boolean>
  created_at: Date
  marked_at: Date | null
  sent_at: Date | null
  opened_at: Date | null
  opened_machine_at: Date | null
  clicked_at: Date | null
  clicked_machine_at: Date | null
  /** Fetched or followed by somebody of whom it cannot be told whether it was a person. */
  opened_unknown_at: Date | null
  clicked_unknown_at: Date | null
  stopped_at: Date | null
  cause_id: string | null
  origin_person_id: string | null
  /** The ledger entry it went out on; null for what a person asked for themselves. */
  consent_entry_id: string | null
  /** What it showed of its sender. */
  display_id: string | null
  /** It came back after it was taken, or was refused at the door. */
  bounced_at: Date | null
  bounce_reason: string | null
  bounce_hard: boolean | null
  complained_at: Date | null
  /** 'open' until the outcome, then the status: what indexes know of it, since it does not change on the way. */
  standing: GeneratedAlways<string>
  /** When it reached the person, or may have; infinity while it is on its way, null when it did not. No earlier than `marked_at` and `sent_at`. */
  reached_at: GeneratedAlways<Date | null>
}

/** The legal display of mails: sender, postal address, contact, how to stop them. A row for each that was ever in use. */
export interface MailDisplayTable {
  id: string
  shown: JsonObject
  first_at: Date
}

/** A test send of a newsletter: of which words, to how many; never to whom. */
export interface NewsletterRehearsalTable {
  id: string
  template_id: string
  version_id: string
  sent: number
  at: Date
  made_by: string
}

export interface MailWorkerTable {
  id: string
  until: Date
}

/** Mails that left, by the hand they were recorded in, and that the loop has not been told of yet. */
export interface MailDepartureTable {
  id: string
  people: string[]
  deliveries: string[]
}

/** Commercial mails to the people of one company on one day. */
export interface MailCompanyDayTable {
  company_id: string
  day: string
  n: number
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    template: TemplateTable
    template_version: TemplateVersionTable
    template_folder: TemplateFolderTable
    template_block: TemplateBlockTable
    mail_image: MailImageTable
    mail_topic: MailTopicTable
    topic_stop: TopicStopTable
    newsletter: NewsletterTable
    delivery: DeliveryTable
    newsletter_rehearsal: NewsletterRehearsalTable
    mail_worker: MailWorkerTable
    mail_departure: MailDepartureTable
    mail_display: MailDisplayTable
    mail_company_day: MailCompanyDayTable
  }
}

/** What sending is called among the parts of a held installation (kernel/hold.ts). */
export const MAIL_PART = 'sending'

/** A single mail belongs to no newsletter. */
export const NO_SOURCE = '00000000-0000-0000-0000-000000000000'

export const personTables: readonly PersonTable[] = [
  {
    table: 'delivery',
    meet: meetDeliveries,
    inFlight: { column: 'status', values: ['transmitting'] },
    erase: 'delete',
    export: true,
    origin: true,
  },
  { table: 'topic_stop', meet: 'keepEarliest', age: 'since', erase: 'delete', export: true, origin: true },
]
