// Chats that notices can go to. Asked for only where a notice is being set.
import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import type { Choice } from './useNames.ts'

/** A chat channel of the house. */
export interface ChannelChoice extends Choice {
  readonly kind: string
}

export function useChannels(): readonly ChannelChoice[] {
  const found = useQuery({ ...api.noticeChannels.list.queryOptions({ input: {} }), staleTime: 60_000, retry: false })
  return found.data?.items.map((one) => ({ value: one.id, label: one.name, kind: one.way })) ?? []
}
