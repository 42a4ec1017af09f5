// LISTEN on one connection of its own; whoever waits for a notice also sweeps, since a notice can be missed.
import type { Client } from 'pg'
import type { Log } from './log.ts'

export type NoticeChannel = 'hagukumi_news' | 'hagukumi_live' | 'hagukumi_mail' | 'hagukumi_runs' | 'hagukumi_companies'
const CHANNELS: readonly NoticeChannel[] = ['hagukumi_news', 'hagukumi_live', 'hagukumi_mail', 'hagukumi_runs', 'hagukumi_companies']
const RETRY = 1_000

type Hear = (payload: string) => void
const hearers = new Map<NoticeChannel, Set<Hear>>()

/** Calls `hear` at each notice on the channel, as long as `listen` runs in this process. Returns what ends it. */
export function onNotice(channel: NoticeChannel, hear: Hear): () => void {
  const set = hearers.get(channel) ?? new Set()
  hearers.set(channel, set.add(hear))
  return () => void set.delete(hear)
}

/** Keeps one listening connection open until stopped, coming back by itself after the database was away. */
export async function listen(connect: () => Promise<Client>, log: Log): Promise<{ stop(): Promise<void> }> {
  let client: Client | null = null
  let stopped = false
  let timer: NodeJS.Timeout | null = null
  const open = async () => {
    try {
      client = await connect()
      client.on('notification', ({ channel, payload }) => {
        for (const hear of hearers.get(channel as NoticeChannel) ?? []) hear(payload ?? '')
      })
      client.on('end', again)
      for (const channel of CHANNELS) await client.query(`LISTEN ${channel}`)
    } catch (error) {
      log.warn({ err: error }, 'the notice connection broke; sweeping until it is back')
      again()
    }
  }
  const again = () => {
    if (stopped || timer) return
    timer = setTimeout(() => {
      timer = null
      void open()
    }, RETRY)
  }
  await open()
  return {
    stop: async () => {
      stopped = true
      if (timer) clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
