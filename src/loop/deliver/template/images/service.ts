import { randomToken } from '#kernel/chance.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { cursorOf, readCursor } from '../../cursor.ts'
import type { MailImage, mailImagesContract } from './contract.ts'
import type { Picture } from './picture.ts'
import { archiveImage, type ImageRow, insertImage, listImages } from './queries.ts'

type Ask<K extends keyof typeof mailImagesContract> = InputOf<(typeof mailImagesContract)[K]>

function shown(house: House, row: ImageRow): MailImage {
  const url = `${house.publicUrl.replace(/\/$/, '')}/m/${row.token}.${row.kind === 'jpeg' ? 'jpg' : row.kind}`
  return {
    id: row.id,
    name: row.name,
    url,
    small: `/m/${row.token}-s.${row.kind === 'jpeg' ? 'jpg' : row.kind}`,
    width: row.width,
    height: row.height,
    bytes: row.size,
    createdAt: row.created_at.toISOString(),
  }
}

export async function list(ctx: Ctx, input: Ask<'list'>) {
  const after = readCursor(input.cursor)
  const rows = await listImages(ctx.db, after && { at: new Date(after[0] ?? ''), id: after[1] ?? '' }, input.limit + 1)
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => shown(ctx.house, row)),
    next: rows.length > input.limit && last ? cursorOf(last.created_at.toISOString(), last.id) : null,
  }
}

/** Keeps a picture under a name that nobody can guess: 128 bits and more. */
export async function keep(ctx: Ctx, name: string, picture: Picture): Promise<MailImage> {
  const madeBy = 'id' in ctx.actor ? ctx.actor.id : null
  return shown(ctx.house, await insertImage(ctx.db, { id: ctx.id(), token: randomToken(24), name, madeBy, picture }, ctx.now))
}

export async function remove(ctx: Ctx, { id }: Ask<'remove'>): Promise<{ ok: true }> {
  if (!(await archiveImage(ctx.db, id, ctx.now)))
    refuse('missing', 'image.unknown', { message: 'この画像はありません / There is no such picture.' })
  return { ok: true }
}
