// Pictures that may go: of cards put away, of people erased, beyond the time the setting says, and what nobody refers to.
import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { UNDO_DAYS } from './decide.ts'
import { removeCard, removePhoto, storedBefore } from './files.ts'
import * as queries from './queries.ts'
import { forgetUndo } from './undo.queries.ts'

const WORKER = { kind: 'system', name: 'cards' } as const
const KEY = 'cards.keepDays'
const DISCARDED_DAYS = 7
const PAGE = 200

const keepDays = z.number().int().min(0).max(3_650).nullable()

export async function settings(ctx: Ctx): Promise<{ keepDays: number | null }> {
  return { keepDays: await readSetting(ctx, KEY, keepDays, null) }
}

export async function saveSettings(ctx: Ctx, input: { keepDays: number | null }): Promise<{ ok: true }> {
  await writeSetting(ctx, KEY, input.keepDays)
  return { ok: true }
}

/** Removes what may go, rows first: a file that stays behind is found by the sweep. @returns how many cards lost their pictures */
export async function sweep(house: House): Promise<number> {
  for (let swept = 0; ; ) {
    const gone = await withTx(house, WORKER, expire)
    for (const card of gone.cards) await removeCard(house, card)
    for (const photo of gone.photos) await removePhoto(house, photo)
    swept += gone.cards.length
    if (gone.cards.length < PAGE) return swept
  }
}

async function expire(ctx: Ctx): Promise<{ cards: string[]; photos: string[] }> {
  const days = (await settings(ctx)).keepDays
  const before = (n: number) => new Date(ctx.now.getTime() - n * DAY)
  const rows = await queries.findExpired(ctx.db, before(DISCARDED_DAYS), days === null ? null : before(days), PAGE)
  await queries.deleteCards(
    ctx.db,
    rows.filter((row) => row.status === 'discarded' || row.orphan).map((row) => row.id),
  )
  await queries.forgetPictures(
    ctx.db,
    rows.filter((row) => row.status === 'confirmed' && !row.orphan).map((row) => row.id),
  )
  await forgetUndo(ctx.db, before(UNDO_DAYS))
  const photos = [...new Set(rows.flatMap((row) => [row.front, row.back]).filter((id) => id !== null))]
  const used = await queries.photosInUse(ctx.db, photos)
  return { cards: rows.map((row) => row.id), photos: photos.filter((id) => !used.has(id)) }
}

/** Removes files older than a day that no card refers to: an upload was cut off, a sweep was killed. */
export async function sweepStrays(house: House): Promise<number> {
  const before = await withRead(house, WORKER, async (ctx) => new Date(ctx.now.getTime() - DAY))
  const { photos, cards } = await storedBefore(house, before)
  const used = await withRead(house, WORKER, async (ctx) => ({
    photos: await queries.photosInUse(ctx.db, photos),
    cards: await queries.cardsInUse(ctx.db, cards),
  }))
  const strays = { photos: photos.filter((id) => !used.photos.has(id)), cards: cards.filter((id) => !used.cards.has(id)) }
  for (const id of strays.photos) await removePhoto(house, id)
  for (const id of strays.cards) await removeCard(house, id)
  return strays.photos.length + strays.cards.length
}
