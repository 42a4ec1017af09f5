import type { PersonTable } from '#loop/identify/personTables.ts'
import type { ChatWay } from '../../graph/actions.ts'

export interface NoticeChannelTable {
  id: string
  name: string
  way: ChatWay
  /** The address, sealed; empty when there is none. */
  sealed: string
  hint: string
  created_at: Date
  last_at: Date | null
  last_fault: string | null
  archived_at: Date | null
}

export interface KeptNoticeTable {
  bucket: number
  /** Zeros: about nobody. */
  person_id: string
  id: string
  channel_id: string
  at: Date
  body: string
  origin_person_id: string | null
}

/** What is kept of a notice names whom it is about. */
export const channelTables: readonly PersonTable[] = [{ table: 'kept_notice', meet: 'move', erase: 'delete', export: true, origin: true }]

declare module '#kernel/db/tables.ts' {
  interface Tables {
    notice_channel: NoticeChannelTable
    kept_notice: KeptNoticeTable
  }
}
