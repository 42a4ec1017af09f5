// Where the cards lie on a photo, and how to look at each from straight above. Pure arithmetic on small pictures.
import type { Point, Quad } from '../contract.ts'

/** An RGB picture, three bytes a pixel, row by row. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

type Colour = readonly [number, number, number]

/** Below this difference the card cannot be told from what lies under it: the photo is read as it is. */
const ALIKE = 40
/** A card takes at least this share of the photo; smaller spots are crumbs. */
const SMALLEST = 0.025

const distance = (a: Colour, b: Colour): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

function colourAt({ data, width }: Pixels, x: number, y: number): Colour {
  const i = (y * width + x) * 3
  return [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0]
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0

function medianColour(colours: readonly Colour[]): Colour {
  return [median(colours.map((c) => c[0])), median(colours.map((c) => c[1])), median(colours.map((c) => c[2]))]
}

function borderOf(pixels: Pixels): Colour[] {
  const { width, height } = pixels
  const found: Colour[] = []
  for (let x = 0; x < width; x++) found.push(colourAt(pixels, x, 0), colourAt(pixels, x, 1), colourAt(pixels, x, height - 1))
  for (let y = 0; y < height; y++) found.push(colourAt(pixels, 0, y), colourAt(pixels, 1, y), colourAt(pixels, width - 1, y))
  return found
}

function centreOf(pixels: Pixels): Colour[] {
  const { width, height } = pixels
  const found: Colour[] = []
  for (let y = Math.round(height * 0.4); y < height * 0.6; y++)
    for (let x = Math.round(width * 0.4); x < width * 0.6; x++) found.push(colourAt(pixels, x, y))
  return found
}

/**
 * The corners of each card on a photo (clockwise from top left, in pixels of the picture given), in reading order. Empty when no card stands out
 * from its ground: then the photo is read as it is, or somebody drags the corners.
 */
export function findCards(pixels: Pixels): Quad[] {
  const ground = medianColour(borderOf(pixels))
  const card = cardColour(pixels, ground)
  if (!card || distance(card, ground) < ALIKE) return []
  const spots = spotsOf(maskOf(pixels, ground, card), pixels.width, pixels.height)
  const largest = Math.max(0, ...spots.map((spot) => spot.area))
  const quads = spots
    .filter((spot) => spot.area > pixels.width * pixels.height * SMALLEST && spot.area > largest * 0.4)
    .map((spot) => ({ spot, quad: quadOf(spot) }))
    .filter(({ spot, quad }) => isCard(quad, spot.area))
    .map(({ quad }) => quad)
  return inReadingOrder(quads)
}

/** What lies in the middle; between several cards that is the ground again, so whatever differs from the ground is looked at. */
function cardColour(pixels: Pixels, ground: Colour): Colour | null {
  const centre = medianColour(centreOf(pixels))
  if (distance(centre, ground) >= ALIKE) return centre
  const other: Colour[] = []
  for (let y = 0; y < pixels.height; y += 2)
    for (let x = 0; x < pixels.width; x += 2) {
      const colour = colourAt(pixels, x, y)
      if (distance(colour, ground) > ALIKE * 1.5) other.push(colour)
    }
  return other.length * 4 > pixels.width * pixels.height * 0.08 ? medianColour(other) : null
}

/** A pixel is card when it and its four neighbours are nearer to the card's colour than to the ground's. */
function maskOf(pixels: Pixels, ground: Colour, card: Colour): Uint8Array {
  const { width, height } = pixels
  const near = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = colourAt(pixels, x, y)
      if (distance(colour, card) < distance(colour, ground)) near[y * width + x] = 1
    }
  const mask = new Uint8Array(width * height)
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x
      if (near[i] && near[i - 1] && near[i + 1] && near[i - width] && near[i + width]) mask[i] = 1
    }
  return mask
}

interface Spot {
  readonly area: number
  readonly outline: readonly Point[]
}

/** Connected spots of the mask with the leftmost and rightmost pixel of each of their rows. */
function spotsOf(mask: Uint8Array, width: number, height: number): Spot[] {
  const seen = new Uint8Array(mask.length)
  const spots: Spot[] = []
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue
    const rows = new Map<number, [number, number]>()
    let area = 0
    const stack = [start]
    seen[start] = 1
    while (stack.length) {
      const i = stack.pop() as number
      const [x, y] = [i % width, Math.floor(i / width)]
      area++
      const row = rows.get(y)
      rows.set(y, row ? [Math.min(row[0], x), Math.max(row[1], x)] : [x, x])
      for (const next of [i - 1, i + 1, i - width, i + width])
        if (next >= 0 && next < mask.length && mask[next] && !seen[next]) {
          seen[next] = 1
          stack.push(next)
        }
    }
    if (area < width * height * SMALLEST) continue
    spots.push({
      area,
      outline: [...rows].flatMap(([y, [left, right]]) => [
        { x: left, y },
        { x: right, y },
      ]),
    })
  }
  return spots
}

/** Corners are the extremes of x+y and x−y: right for cards that are tilted by less than 45°. */
function quadOf({ outline }: Spot): Quad {
  const by = (value: (p: Point) => number): Point => outline.reduce((a, b) => (value(b) > value(a) ? b : a))
  const grow = (p: Point, dx: number, dy: number): Point => ({ x: p.x + dx, y: p.y + dy })
  return [
    grow(
      by((p) => -p.x - p.y),
      -1,
      -1,
    ),
    grow(
      by((p) => p.x - p.y),
      1,
      -1,
    ),
    grow(
      by((p) => p.x + p.y),
      1,
      1,
    ),
    grow(
      by((p) => p.y - p.x),
      -1,
      1,
    ),
  ]
}

const side = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

/** Width and height of a four-cornered shape, each the mean of its two sides. */
export function sizeOf([a, b, c, d]: Quad): { readonly width: number; readonly height: number } {
  return { width: (side(a, b) + side(d, c)) / 2, height: (side(a, d) + side(b, c)) / 2 }
}

function areaOf(quad: Quad): number {
  return Math.abs(quad.reduce((sum, p, i) => sum + cross(p, quad[(i + 1) % 4] as Point), 0)) / 2
}
const cross = (a: Point, b: Point): number => a.x * b.y - b.x * a.y

/** A card fills its four corners and is between square and thrice as long as high. */
function isCard(quad: Quad, area: number): boolean {
  const { width, height } = sizeOf(quad)
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height))
  const filled = area / Math.max(1, areaOf(quad))
  return ratio < 2.6 && ratio > 1.05 && filled > 0.55 && filled < 1.3
}

/** Top row first, each row from the left. */
function inReadingOrder(quads: readonly Quad[]): Quad[] {
  const middle = (quad: Quad): Point => ({ x: (quad[0].x + quad[2].x) / 2, y: (quad[0].y + quad[2].y) / 2 })
  const band = Math.max(1, ...quads.map((quad) => Math.min(sizeOf(quad).width, sizeOf(quad).height)))
  return [...quads].sort((a, b) => {
    const [p, q] = [middle(a), middle(b)]
    return Math.abs(p.y - q.y) > band * 0.6 ? p.y - q.y : p.x - q.x
  })
}

/** The same corners, beginning `quarters` quarter turns later: the picture comes out turned counter-clockwise by as many. */
export function turned(quad: Quad, quarters: number): Quad {
  return [0, 1, 2, 3].map((i) => quad[(i + quarters) % 4]) as unknown as Quad
}

const CARD_RATIO = 91 / 55
/** The long side of a straightened card in pixels. */
export const LONG_SIDE = 1_820

/** How large a straightened card is drawn: the usual ratio where it is near, else the one seen. */
export function drawnSize(quad: Quad): { readonly width: number; readonly height: number } {
  const { width, height } = sizeOf(quad)
  const seen = Math.max(width, height) / Math.max(1, Math.min(width, height))
  const ratio = Math.abs(seen / CARD_RATIO - 1) < 0.22 ? CARD_RATIO : Math.min(2.6, seen)
  const short = Math.round(LONG_SIDE / ratio)
  return width >= height ? { width: LONG_SIDE, height: short } : { width: short, height: LONG_SIDE }
}

/** Looks at a four-cornered part of a picture from straight above (homography, bilinear). @returns RGB pixels of the size asked for */
export function straighten(pixels: Pixels, quad: Quad, width: number, height: number): Pixels {
  const h = homography(quad, width, height)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3) {
      const w = h[6] * x + h[7] * y + 1
      sample(pixels, (h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w, data, at)
    }
  return { data, width, height }
}

function sample({ data, width, height }: Pixels, x: number, y: number, into: Uint8Array, at: number): void {
  const cx = Math.min(Math.max(x, 0), width - 1.001)
  const cy = Math.min(Math.max(y, 0), height - 1.001)
  const [left, top] = [Math.floor(cx), Math.floor(cy)]
  const [fx, fy] = [cx - left, cy - top]
  const i = (top * width + left) * 3
  const below = i + width * 3
  for (let c = 0; c < 3; c++) {
    const upper = (data[i + c] as number) * (1 - fx) + (data[i + 3 + c] as number) * fx
    const lower = (data[below + c] as number) * (1 - fx) + (data[below + 3 + c] as number) * fx
    into[at + c] = upper * (1 - fy) + lower * fy
  }
}

type Eight = [number, number, number, number, number, number, number, number]

/** The map from a drawn rectangle to the corners: eight equations, solved by elimination. */
export function homography(quad: Quad, width: number, height: number): Eight {
  const from: readonly Point[] = [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: width, y: height },
    { x: 0, y: height },
  ]
  const rows = from.flatMap((p, i) => {
    const q = quad[i] as Point
    return [
      [p.x, p.y, 1, 0, 0, 0, -q.x * p.x, -q.x * p.y, q.x],
      [0, 0, 0, p.x, p.y, 1, -q.y * p.x, -q.y * p.y, q.y],
    ]
  })
  return solve(rows)
}

function solve(rows: number[][]): Eight {
  for (let i = 0; i < 8; i++) {
    const best = rows.reduce((a, row, r) => (r >= i && Math.abs(row[i] ?? 0) > Math.abs(rows[a]?.[i] ?? 0) ? r : a), i)
    const pivot = rows[best] as number[]
    rows[best] = rows[i] as number[]
    rows[i] = pivot
    const scale = pivot[i] || 1e-12
    for (let c = i; c <= 8; c++) pivot[c] = (pivot[c] as number) / scale
    rows.forEach((row, r) => {
      const by = row[i] as number
      if (r === i || by === 0) return
      for (let c = i; c <= 8; c++) row[c] = (row[c] as number) - by * (pivot[c] as number)
    })
  }
  return rows.map((row) => row[8] ?? 0) as Eight
}

/** Whether corners given by hand enclose something that can be straightened. */
export function isSound(quad: Quad): boolean {
  const turns = quad.map((p, i) => {
    const [q, r] = [quad[(i + 1) % 4] as Point, quad[(i + 2) % 4] as Point]
    return cross({ x: q.x - p.x, y: q.y - p.y }, { x: r.x - q.x, y: r.y - q.y })
  })
  return areaOf(quad) > 0 && (turns.every((turn) => turn > 0) || turns.every((turn) => turn < 0))
}
