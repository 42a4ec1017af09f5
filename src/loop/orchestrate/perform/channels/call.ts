// Sends notices into chats. A door: no transaction is open while a chat answers.
import type { Actor, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import type { CallAnswer } from '../ports.ts'
import * as queries from './queries.ts'
import { type NoticeBody, noticeBody, open } from './service.ts'
import type { NoticeChannelTable } from './tables.ts'

const CALLER: Actor = { kind: 'system', name: 'scenarios' }

/** A call of a channel: the same id is the same notice. */
interface ChannelCall {
  readonly id: string
  readonly subject: Subject
  readonly channel: string
  readonly body: string
}

/** Whom a test is about. */
const NOBODY: Subject = { bucket: 0, id: '00000000-0000-0000-0000-000000000000' }

/** Sends the notice of one call; never throws for what the receiver does. A door: no transaction is open while the chat answers. */
export async function callChannel(house: House, call: ChannelCall): Promise<CallAnswer> {
  const row = await withRead(house, CALLER, (ctx) => queries.findChannel(ctx.db, call.channel))
  if (!row || row.archived_at) return { kind: 'refused', reason: 'the channel is not there any more' }
  const answer = await send(house, row, call, noticeBody.parse(JSON.parse(call.body)))
  await withTx(house, CALLER, (ctx) =>
    queries.updateChannel(ctx.db, row.id, { last_at: ctx.now, last_fault: answer.kind === 'taken' ? null : answer.reason.slice(0, 300) }),
  )
  return answer
}

async function send(house: House, row: NoticeChannelTable, { id, subject }: ChannelCall, body: NoticeBody): Promise<CallAnswer> {
  if (row.sealed === '') {
    const text = [body.title, ...body.lines, body.link ?? ''].filter(Boolean).join('\n')
    await withTx(house, CALLER, (ctx) => queries.keepNotice(ctx.db, { subject, id, channelId: row.id, at: ctx.now, body: text }))
    return { kind: 'taken', status: 200 }
  }
  const address = open(house, row)
  if (!address) return { kind: 'refused', reason: 'the address cannot be opened: it was sealed with another key' }
  if (!house.ports.chat) return { kind: 'failed', reason: 'this process cannot send into chats' }
  return house.ports.chat(house, { id, way: row.way, channelId: row.id, address, ...body })
}

/** Sends a notice now; for the button. */
export async function test(door: Door, { id }: { readonly id: string }): Promise<{ ok: boolean; reason: string | null }> {
  const made = await door.tx((ctx) => Promise.resolve(ctx.id()))
  const body: NoticeBody = {
    title: 'Hagukumi',
    lines: ['テスト通知です。シナリオの通知がここに届きます。', 'A test: notices of scenarios will come here.'],
    link: door.house.publicUrl,
  }
  if (!(await door.read((ctx) => queries.findChannel(ctx.db, id))))
    refuse('missing', 'channel.missing', { message: '通知先が見つかりません / There is no such channel.' })
  const answer = await callChannel(door.house, { id: made, subject: NOBODY, channel: id, body: JSON.stringify(body) })
  return { ok: answer.kind === 'taken', reason: answer.kind === 'taken' ? null : answer.reason }
}
