// What sharp does for us, in a worker thread: decode, measure, straighten, make readable, encode.
import sharp, { type Sharp } from 'sharp'
import type { Quad } from '../contract.ts'
import { drawnSize, findCards, type Pixels, straighten } from './decide.ts'

sharp.cache(false)
sharp.concurrency(1)

const SMALL = 480
const INSET = 24
export const LARGEST_PIXELS = 60_000_000

/** A decoded photo. */
export interface Photo {
  readonly pixels: Pixels
  /** Corners of each card found, in pixels of the photo. */
  readonly cards: readonly Quad[]
}

const open = (input: string | Uint8Array) => sharp(input, { limitInputPixels: LARGEST_PIXELS, failOn: 'error' })

async function rawOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** Decodes a photo, upright by its EXIF mark, and looks for cards on it. */
export async function openPhoto(input: string | Uint8Array): Promise<Photo> {
  const pixels = await rawOf(open(input).autoOrient())
  const scale = Math.min(1, SMALL / Math.max(pixels.width, pixels.height))
  const small = await rawOf(
    ofPixels(pixels).resize(Math.max(8, Math.round(pixels.width * scale)), Math.max(8, Math.round(pixels.height * scale)), { fit: 'fill' }),
  )
  const back = { x: pixels.width / small.width, y: pixels.height / small.height }
  const cards = findCards(small).map((quad) => quad.map((p) => ({ x: p.x * back.x, y: p.y * back.y })) as unknown as Quad)
  return { pixels, cards }
}

export const ofPixels = ({ data, width, height }: Pixels) => sharp(data, { raw: { width, height, channels: 3 } })

/** The card within its corners from straight above; without corners the whole photo, in the size that letters are read best. */
export async function cardOf({ pixels }: Photo, quad: Quad | null): Promise<Pixels> {
  if (!quad) {
    const whole: Quad = [
      { x: 0, y: 0 },
      { x: pixels.width, y: 0 },
      { x: pixels.width, y: pixels.height },
      { x: 0, y: pixels.height },
    ]
    const { width, height } = drawnSize(whole)
    const scale = Math.min(width / pixels.width, height / pixels.height)
    return rawOf(ofPixels(pixels).resize(Math.round(pixels.width * scale), Math.round(pixels.height * scale), { fit: 'fill' }))
  }
  const { width, height } = drawnSize(quad)
  return straighten(pixels, quad, width, height)
}

/** The same card turned by quarters clockwise. */
export function turn(card: Pixels, quarters: number): Promise<Pixels> {
  return rawOf(ofPixels(card).rotate(quarters * 90))
}

/** What OCR reads: grey, dark letters on light ground, the edge cut off, contrast spread. */
export async function readable(card: Pixels, inset = INSET): Promise<{ readonly png: Buffer; readonly inset: number }> {
  const box = { left: inset, top: inset, width: card.width - 2 * inset, height: card.height - 2 * inset }
  const grey = ofPixels(card).extract(box).greyscale()
  const { channels } = await ofPixels(card).greyscale().stats()
  const dark = (channels[0]?.mean ?? 255) < 110
  const png = await (dark ? grey.negate() : grey).normalise({ lower: 1, upper: 90 }).png({ compressionLevel: 1 }).toBuffer()
  return { png, inset }
}

/** The card as people see it: colour, no metadata. */
export function encode(card: Pixels): Promise<Buffer> {
  return ofPixels(card).jpeg({ quality: 82, mozjpeg: false }).toBuffer()
}

/** RGBA pixels for the QR reader, at most `most` wide. */
export async function rgba(card: Pixels, most: number): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const image = ofPixels(card).resize({ width: most, height: most, fit: 'inside', withoutEnlargement: true }).ensureAlpha().raw()
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  return { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width: info.width, height: info.height }
}
