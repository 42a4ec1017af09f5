import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { brand, type SavedBlock, type templateKitContract } from './contract.ts'
import { deleteBlock, insertBlock, listBlocks, MOST_BLOCKS } from './queries.ts'

type Ask<K extends keyof typeof templateKitContract> = InputOf<(typeof templateKitContract)[K]>

const KEY = 'mail.colours'
const coloursOf = (ctx: Ctx) => readSetting(ctx, KEY, brand, { colours: [] })

export async function get(ctx: Ctx) {
  return { blocks: await listBlocks(ctx.db), ...(await coloursOf(ctx)) }
}

export async function saveBlock(ctx: Ctx, { name, block }: Ask<'saveBlock'>): Promise<SavedBlock> {
  if ((await listBlocks(ctx.db)).length >= MOST_BLOCKS)
    refuse('conflict', 'kit.full', { message: '保存できるブロックは200個までです / At most 200 blocks can be kept.' })
  const saved = { id: ctx.id(), name, block }
  await insertBlock(ctx.db, saved, 'id' in ctx.actor ? ctx.actor.id : null, ctx.now)
  return saved
}

/** Another state of a block that is kept; its id stays. */
export async function keepBlock(ctx: Ctx, saved: SavedBlock): Promise<SavedBlock> {
  await deleteBlock(ctx.db, saved.id)
  await insertBlock(ctx.db, saved, 'id' in ctx.actor ? ctx.actor.id : null, ctx.now)
  return saved
}

export async function removeBlock(ctx: Ctx, { id }: Ask<'removeBlock'>): Promise<{ ok: true }> {
  if (!(await deleteBlock(ctx.db, id))) refuse('missing', 'kit.block', { message: 'このブロックはありません / There is no such block.' })
  return { ok: true }
}

export async function setColours(ctx: Ctx, input: Ask<'setColours'>): Promise<{ colours: string[] }> {
  const colours = [...new Set(input.colours.map((one) => one.toLowerCase()))]
  await writeSetting(ctx, KEY, { colours })
  return { colours }
}
