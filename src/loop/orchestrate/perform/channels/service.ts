// Chats that notices go to. Their addresses are secrets: sealed at rest, opened only where a notice leaves.
import { z } from 'zod'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { seal, unseal } from '#loop/deliver/sender/seal.ts'
import { isWebhookUrl } from '../../check/contract.ts'
import type { ChatWay } from '../../graph/actions.ts'
import type { ChatAddress } from '../ports.ts'
import type { channelsContract, NoticeChannel } from './contract.ts'
import * as queries from './queries.ts'
import type { NoticeChannelTable } from './tables.ts'

type Ask<K extends keyof typeof channelsContract> = InputOf<(typeof channelsContract)[K]>

const PURPOSE = 'notice'
const MOST_CHANNELS = 100
const addressShape = z.object({ url: z.string(), room: z.string(), token: z.string() })

/** What a notice says, as it is kept with its call. */
export const noticeBody = z.object({ title: z.string(), lines: z.array(z.string()), link: z.string().nullable() })
export type NoticeBody = z.output<typeof noticeBody>

const shown = (row: NoticeChannelTable): NoticeChannel => ({
  id: row.id,
  name: row.name,
  way: row.way,
  isSet: row.sealed !== '',
  hint: row.hint,
  lastAt: row.last_at?.toISOString() ?? null,
  lastFault: row.last_fault,
})

const missing = (): never => refuse('missing', 'channel.missing', { message: '通知先が見つかりません / There is no such channel.' })

export async function list(ctx: Ctx): Promise<{ items: NoticeChannel[] }> {
  return { items: (await queries.listChannels(ctx.db)).map(shown) }
}

/** @throws Refusal unprocessable when the address cannot be one */
export async function create(ctx: Ctx, input: Ask<'create'>): Promise<NoticeChannel> {
  if ((await queries.countChannels(ctx.db)) >= MOST_CHANNELS)
    refuse('unprocessable', 'channel.many', { message: '通知先は100件までです / There are 100 channels at the most.' })
  const sealed = sealedOf(ctx.house, input.way, { url: input.secretUrl ?? '', room: input.room ?? '', token: input.token ?? '' })
  const row = {
    id: ctx.id(),
    name: input.name,
    way: input.way,
    ...sealed,
    created_at: ctx.now,
    last_at: null,
    last_fault: null,
    archived_at: null,
  }
  await queries.insertChannel(ctx.db, row)
  return shown(row)
}

/** Changes what is given. A token that is kept is never sent to another server: a new address of Chatwork needs its token anew. */
export async function update(ctx: Ctx, input: Ask<'update'>): Promise<NoticeChannel> {
  const row = (await queries.findChannel(ctx.db, input.id, true)) ?? missing()
  const before = open(ctx.house, row) ?? { url: '', room: '', token: '' }
  const moved = input.secretUrl !== undefined && input.secretUrl !== before.url
  const token = input.token ?? (moved ? '' : before.token)
  const touched = input.secretUrl !== undefined || input.room !== undefined || input.token !== undefined
  const sealed = touched
    ? sealedOf(ctx.house, row.way, { url: input.secretUrl ?? before.url, room: input.room ?? before.room, token })
    : { sealed: row.sealed, hint: row.hint }
  const given = { name: input.name ?? row.name, ...sealed }
  await queries.updateChannel(ctx.db, row.id, given)
  return shown({ ...row, ...given })
}

export async function remove(ctx: Ctx, { id }: Ask<'remove'>): Promise<{ ok: true }> {
  const row = (await queries.findChannel(ctx.db, id, true)) ?? missing()
  await queries.updateChannel(ctx.db, row.id, { archived_at: ctx.now })
  return { ok: true }
}

export async function restore(ctx: Ctx, { id }: Ask<'restore'>): Promise<NoticeChannel> {
  const row = (await queries.findChannel(ctx.db, id, true)) ?? missing()
  await queries.updateChannel(ctx.db, row.id, { archived_at: null })
  return shown({ ...row, archived_at: null })
}

export async function kept(ctx: Ctx, { id }: Ask<'kept'>) {
  const rows = await queries.listKept(ctx.db, id)
  return { items: rows.map((row) => ({ id: row.id, at: row.at.toISOString(), text: row.body })) }
}

function sealedOf(house: House, way: ChatWay, address: ChatAddress): { sealed: string; hint: string } {
  if (!address.url && !address.room && !address.token) return { sealed: '', hint: '' }
  const field = wrongField(way, address)
  if (field)
    refuse('unprocessable', `channel.${field}`, { message: '宛先を確認してください / Please look over the address of this chat.', field })
  return { sealed: seal(house.secret(PURPOSE), JSON.stringify(address)), hint: hintOf(way, address) }
}

function wrongField(way: ChatWay, { url, room, token }: ChatAddress): 'secretUrl' | 'room' | 'token' | null {
  if (way !== 'chatwork') return isWebhookUrl(url) ? null : 'secretUrl'
  if (url && !isWebhookUrl(url)) return 'secretUrl'
  if (!/^\d{1,20}$/.test(room)) return 'room'
  return token ? null : 'token'
}

/** Host or room: enough to tell two channels apart. */
const hintOf = (way: ChatWay, { url, room }: ChatAddress): string => (way === 'chatwork' ? `rid${room}` : new URL(url).hostname)

/** The address of a channel, opened; null when there is none, or it was sealed with another key. */
export function open(house: House, row: NoticeChannelTable): ChatAddress | null {
  const plain = row.sealed ? unseal(house.secret(PURPOSE), row.sealed) : null
  return plain === null ? null : addressShape.parse(JSON.parse(plain))
}
