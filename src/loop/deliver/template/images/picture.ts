// A picture made fit for mails: decoded and written anew, so that nothing but the picture itself is kept; never wider than twice the sheet.
import { refuse } from '#kernel/errors.ts'

const WIDEST = 1_200
const SMALL = 320
const MOST_PIXELS = 40_000_000
/** Mail programs know these three. What comes in may be WebP too; SVG, PDF and everything else never reaches a decoder. */
const BEGINS = [/^89504e470d0a1a0a/, /^ffd8ff/, /^47494638(?:37|39)61/, /^52494646.{8}57454250/]

export interface Picture {
  readonly kind: 'jpeg' | 'png'
  readonly width: number
  readonly height: number
  readonly bytes: Buffer
  readonly small: Buffer
}

let turn: Promise<unknown> = Promise.resolve()
/** One picture is decoded at a time: a large one takes hundreds of megabytes for a moment. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work, work)
  turn = mine.catch(() => {})
  return mine
}

/** @throws Refusal image.kind 415 · image.broken 422 · image.pixels 422 */
export function pictureOf(body: Buffer): Promise<Picture> {
  if (!BEGINS.some((mark) => mark.test(body.toString('hex', 0, 16))))
    refuse('unsupported', 'image.kind', {
      message: '画像はJPEG・PNG・GIF・WebPに対応しています（SVGは不可） / Send a JPEG, PNG, GIF or WebP picture; SVG is not taken.',
      field: 'file',
    })
  return alone(() => made(body))
}

async function made(body: Buffer): Promise<Picture> {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  const meta = await sharp(body, { limitInputPixels: false })
    .metadata()
    .catch(() => broken())
  if (meta.width * meta.height > MOST_PIXELS)
    refuse('unprocessable', 'image.pixels', {
      message: '画素数が大きすぎます（40メガピクセルまで） / The picture has too many pixels (40 megapixels at most).',
      field: 'file',
    })
  const kind = meta.hasAlpha ? 'png' : 'jpeg'
  const sized = (width: number) => {
    const image = sharp(body, { limitInputPixels: MOST_PIXELS, failOn: 'error' }).autoOrient().resize({ width, withoutEnlargement: true })
    return kind === 'png' ? image.png({ compressionLevel: 9, palette: true }) : image.jpeg({ quality: 84, mozjpeg: true })
  }
  const large = await sized(WIDEST)
    .toBuffer({ resolveWithObject: true })
    .catch(() => broken())
  const small = await sized(SMALL).toBuffer()
  return { kind, width: large.info.width, height: large.info.height, bytes: large.data, small }
}

const broken = () => refuse('unprocessable', 'image.broken', { message: '画像を開けません / The picture cannot be opened.', field: 'file' })
