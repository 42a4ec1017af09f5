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
  id: string
  channel_id: string
  at: Date
  body: string
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    notice_channel: NoticeChannelTable
    kept_notice: KeptNoticeTable
  }
}
