// One card, from its photos to its fields. Runs in a worker thread; knows no database.
import jsQR from 'jsqr'
import type { Box, CardFields, Quad } from '../contract.ts'
import { mailIn } from '../parse/contact.ts'
import { readLines } from '../parse/decide.ts'
import { joinWords, type Line } from '../parse/lines.decide.ts'
import { readCode, type Told } from '../parse/vcard.ts'
import { type Pixels, turned } from './decide.ts'
import { recognise, type Seen } from './ocr.ts'
import { cardOf, encode, openPhoto, readable, rgba, turn } from './picture.ts'

export type Side = 'front' | 'back'

/** What a thread is asked to read: photos as files, corners when somebody gave them. */
export interface ReadAsk {
  readonly front: string
  readonly back: string | null
  readonly corners: Partial<Record<Side, Quad | null>>
}

/** One side of a card as it was read. */
export interface ReadSide {
  /** The straightened picture, JPEG. */
  readonly picture: Uint8Array
  readonly width: number
  readonly height: number
  /** Corners used, in shares of the photo (0 to 1), or null when the photo was read as it is. */
  readonly corners: Quad | null
  readonly confidence: number
}

export interface ReadAnswer {
  readonly front: ReadSide
  readonly back: ReadSide | null
  readonly fields: CardFields
  /** Corners of further cards on the front photo, in shares of it. */
  readonly others: readonly Quad[]
}

interface Looked {
  readonly side: ReadSide
  readonly lines: Line[]
  readonly code: Told | null
  readonly others: readonly Quad[]
}

/** Reads a card: both sides, its QR code, and the mail line a second time in English where no address was found. */
export async function readCard(ask: ReadAsk): Promise<ReadAnswer> {
  const front = await look(ask.front, ask.corners.front, 'front')
  const back = ask.back ? await look(ask.back, ask.corners.back, 'back') : null
  const fields = readLines([...front.lines, ...(back?.lines ?? [])], front.code ?? back?.code ?? null)
  return { front: front.side, back: back?.side ?? null, fields, others: front.others }
}

const SURE = 60
const QUITE_SURE = 78

async function look(file: string, given: Quad | null | undefined, side: Side): Promise<Looked> {
  const photo = await openPhoto(file)
  const { width, height } = photo.pixels
  const mine: Quad | null = given ? (given.map((p) => ({ x: p.x * width, y: p.y * height })) as unknown as Quad) : (photo.cards[0] ?? null)
  const shares = (quad: Quad): Quad => quad.map((p) => ({ x: p.x / width, y: p.y / height })) as unknown as Quad
  const best = await upright(await cardOf(photo, mine), mine !== null)
  const corners = mine && turned(mine, (4 - best.quarters) % 4)
  const lines = best.seen.lines.flatMap((words) => {
    const line = joinWords(
      words.map((word) => ({ ...word, box: { ...word.box, x: word.box.x + best.inset, y: word.box.y + best.inset } })),
      side,
    )
    return line ? [line] : []
  })
  await mailAgain(best, lines)
  const code = await codeOn(best.card)
  return {
    side: {
      picture: await encode(best.card),
      width: best.card.width,
      height: best.card.height,
      corners: corners && shares(corners),
      confidence: best.seen.confidence / 100,
    },
    lines,
    code,
    others: given ? [] : photo.cards.slice(1).map(shares),
  }
}

interface Attempt {
  readonly card: Pixels
  readonly quarters: number
  readonly png: Buffer
  readonly inset: number
  readonly seen: Seen
}

/** Turns the card until it reads: most are upright, so the others are tried only when the first reads badly. */
async function upright(card: Pixels, cut: boolean): Promise<Attempt> {
  const tall = card.height > card.width
  const order = tall ? [1, 3, 0, 2] : cut ? [0, 2, 1, 3] : [0, 2, 1, 3]
  let best: Attempt | null = null
  for (const [tries, quarters] of order.entries()) {
    // A sure reading ends the search; after both ways of the likely side only a bad one goes on.
    if (best && (best.seen.confidence >= QUITE_SURE || (tries >= 2 && best.seen.confidence >= SURE))) break
    const next = await attempt(card, quarters, cut)
    if (!best || worth(next) > worth(best)) best = next
  }
  if (!best) throw new Error('no way round was tried')
  return best
}

/** Upside down yields few letters, some of them by chance sure: how much was read counts too. */
const worth = ({ seen }: Attempt): number =>
  seen.confidence * Math.log2(2 + seen.lines.flat().reduce((sum, word) => sum + word.text.length, 0))

async function attempt(card: Pixels, quarters: number, cut: boolean): Promise<Attempt> {
  const way = quarters === 0 ? card : await turn(card, quarters)
  const { png, inset } = await readable(way, cut ? undefined : 0)
  return { card: way, quarters, png, inset, seen: await recognise(png, 'jpn') }
}

/** Serif addresses are misread by the Japanese data: a line that looks like one is read again in English. */
async function mailAgain(best: Attempt, lines: Line[]): Promise<void> {
  if (lines.some((line) => mailIn(line.text))) return
  const doubtful = lines.filter(
    (line) => /[@©®]|mail|(?:co|ne|or|ac|go)[.,]\s?jp|\.(?:com|net|jp)\b/i.test(line.text) && !/www|http/i.test(line.text),
  )
  for (const line of doubtful.slice(0, 2)) {
    const seen = await recognise(best.png, 'eng', rectangle(line.box, best))
    const read = seen.lines.flatMap((words) => joinWords(words, line.side) ?? [])
    const found = read.find((one) => mailIn(one.text))
    if (found) lines.push({ ...found, text: mailIn(found.text) ?? '', box: line.box, confidence: Math.min(found.confidence, 0.9) })
  }
}

function rectangle(box: Box, { inset, card }: Attempt): { left: number; top: number; width: number; height: number } {
  const left = Math.max(0, Math.round(box.x - inset - 10))
  const top = Math.max(0, Math.round(box.y - inset - 10))
  return {
    left,
    top,
    width: Math.min(card.width - 2 * inset - left, Math.round(box.width + 20)),
    height: Math.min(card.height - 2 * inset - top, Math.round(box.height + 20)),
  }
}

async function codeOn(card: Pixels): Promise<Told | null> {
  for (const most of [900, card.width]) {
    const { data, width, height } = await rgba(card, most)
    const found = jsQR.default(data, width, height, { inversionAttempts: 'dontInvert' })
    if (found) return readCode(found.data)
  }
  return null
}
