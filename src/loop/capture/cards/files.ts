// Pictures of cards on the disk: DATA_DIR/cards, names of our own, re-encoded so that nothing but the picture is kept.
// A backup takes this folder along.
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { LARGEST_PHOTO } from './contract.ts'
import { photoKind } from './decide.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const LARGEST_PIXELS = 60_000_000
const LONGEST_SIDE = 3_200

/** The folder of all card pictures; only the product's own user may look into it. */
export const folderOf = (house: House): string => join(house.dataDir, 'cards')

/** Where the photo of that name lies. */
export const photoPath = (house: House, id: string): string => join(folderOf(house), `${checked(id)}.jpg`)
/** Where the straightened picture of a side of a card lies. */
export const cardPath = (house: House, card: string, side: 'front' | 'back'): string =>
  join(folderOf(house), `${checked(card)}-${side}.jpg`)

function checked(id: string): string {
  if (!UUID.test(id)) throw new Error('a picture has the name of an id')
  return id
}

const tooLarge = () =>
  refuse('tooLarge', 'card.large', {
    message:
      '画像が大きすぎます（1枚20 MBまで）。カメラの画質を下げるか、JPEGで保存し直してください / The picture is too large (20 MB at most). Take it at a lower quality or save it as JPEG.',
    field: 'file',
  })
const broken = () =>
  refuse('unprocessable', 'card.broken', {
    message:
      '画像を開けません。ファイルが壊れている可能性があります。撮り直すか、JPEGかPNGで保存し直してください / The picture cannot be opened: it seems damaged. Take it again, or save it as JPEG or PNG.',
    field: 'file',
  })

let turn: Promise<unknown> = Promise.resolve()
/** One photo is decoded at a time: a large one takes hundreds of megabytes for a moment. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work, work)
  turn = mine.catch(() => {})
  return mine
}

/**
 * Takes a photo: size and kind are checked, then it is written anew as JPEG without any metadata.
 * @throws Refusal card.large 413 · card.kind 415 · card.pixels 422 · card.broken 422 · card.empty 422, each with what to do
 */
export async function storePhoto(house: House, id: string, body: AsyncIterable<Buffer>): Promise<void> {
  await mkdir(folderOf(house), { recursive: true, mode: 0o700 })
  const raw = join(folderOf(house), `${checked(id)}.part`)
  try {
    await receive(raw, body)
    await alone(() => reencode(raw, photoPath(house, id)))
  } finally {
    await rm(raw, { force: true })
  }
}

async function receive(path: string, body: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, 'w', 0o600)
  let bytes = 0
  let head = Buffer.alloc(0)
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > LARGEST_PHOTO) tooLarge()
      if (head.length < 32) head = Buffer.concat([head, chunk.subarray(0, 32)])
      await file.appendFile(chunk)
    }
  } finally {
    await file.close()
  }
  if (bytes === 0) refuse('unprocessable', 'card.empty', { message: 'ファイルが空です / The file is empty.', field: 'file' })
  refuseKind(photoKind(head))
}

/** What is not one of our kinds never reaches a decoder: no SVG, no PDF, no GIF. */
function refuseKind(kind: ReturnType<typeof photoKind>): void {
  if (kind === 'heic')
    refuse('unsupported', 'card.kind', {
      message:
        'HEICの写真は読めません。iPhoneでは「設定 → カメラ → フォーマット → 互換性優先」にするか、JPEGに変換してください / HEIC photos cannot be read. On an iPhone choose Settings → Camera → Formats → Most Compatible, or convert it to JPEG.',
      field: 'file',
    })
  if (kind === null)
    refuse('unsupported', 'card.kind', {
      message: '写真の形式はJPEG・PNG・WebP・TIFF・AVIFです / Send a JPEG, PNG, WebP, TIFF or AVIF picture.',
      field: 'file',
    })
}

async function reencode(from: string, to: string): Promise<void> {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  const options = { limitInputPixels: LARGEST_PIXELS, failOn: 'error' } as const
  const { width, height } = await sharp(from, { ...options, limitInputPixels: false })
    .metadata()
    .catch(() => broken())
  if (width * height > LARGEST_PIXELS)
    refuse('unprocessable', 'card.pixels', {
      message: `画像の画素数が大きすぎます（${Math.round((width * height) / 1e6)}メガピクセル、60まで）。解像度を下げて撮り直してください / The picture has too many pixels (60 megapixels at most).`,
      field: 'file',
    })
  if (Math.min(width, height) < 100)
    refuse('unprocessable', 'card.small', {
      message:
        '画像が小さすぎて読めません。名刺が大きく写るように撮り直してください / The picture is too small to be read: fill the frame with the card.',
      field: 'file',
    })
  const part = `${to}.new`
  await sharp(from, options)
    .autoOrient()
    .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .jpeg({ quality: 90 })
    .toFile(part)
    .catch(() => broken())
  await rename(part, to)
}

/** Writes the straightened picture of a side. */
export async function storeCard(house: House, card: string, side: 'front' | 'back', jpeg: Uint8Array): Promise<void> {
  const path = cardPath(house, card, side)
  await writeFile(`${path}.new`, jpeg, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** Removes the straightened pictures of a card. */
export async function removeCard(house: House, card: string): Promise<void> {
  for (const side of ['front', 'back'] as const) await rm(cardPath(house, card, side), { force: true })
}

export async function removePhoto(house: House, id: string): Promise<void> {
  await rm(photoPath(house, id), { force: true })
}

/** Ids of photos and cards that lie in the folder and are older than `before`, for the sweep of what nobody refers to. */
export async function storedBefore(house: House, before: Date): Promise<{ photos: string[]; cards: string[] }> {
  const names = await readdir(folderOf(house)).catch(() => [])
  const photos = new Set<string>()
  const cards = new Set<string>()
  for (const name of names) {
    const [, id, rest] = /^([0-9a-f-]{36})(.*)$/.exec(name) ?? []
    const found = id ? await stat(join(folderOf(house), name)).catch(() => null) : null
    if (!id || !found || found.mtime >= before) continue
    if (/\.(part|new)$/.test(name)) await rm(join(folderOf(house), name), { force: true })
    else if (rest === '.jpg') photos.add(id)
    else cards.add(id)
  }
  return { photos: [...photos], cards: [...cards] }
}
