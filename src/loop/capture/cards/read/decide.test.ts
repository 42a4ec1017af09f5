import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placed } from '../../../../../test/cards.ts'
import type { Point, Quad } from '../contract.ts'
import { drawnSize, findCards, homography, isSound, type Pixels, straighten, turned } from './decide.ts'

/** A flat picture with filled quadrilaterals on it. */
function scene(width: number, height: number, ground: number, cards: readonly { quad: Quad; colour: number }[]): Pixels {
  const data = new Uint8Array(width * height * 3).fill(ground)
  for (const { quad, colour } of cards)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (inside(quad, { x, y })) data.fill(colour, (y * width + x) * 3, (y * width + x) * 3 + 3)
  return { data, width, height }
}
const inside = (quad: Quad, p: Point): boolean =>
  quad.every((a, i) => {
    const b = quad[(i + 1) % 4] as Point
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) >= 0
  })
const far = (a: Quad, b: Quad): number => Math.max(...a.map((p, i) => Math.hypot(p.x - (b[i] as Point).x, p.y - (b[i] as Point).y)))

describe('CAP-16 finding cards', () => {
  test.each([0, 7, -20, 32])('one card, tilted by %i°', (degrees) => {
    const quad = placed(200, 150, 220, degrees)
    const [found] = findCards(scene(400, 300, 90, [{ quad, colour: 240 }]))
    expect(found && far(found, quad)).toBeLessThan(6)
  })
  test('a dark card on a light table', () => {
    const quad = placed(200, 150, 240, 4)
    expect(findCards(scene(400, 300, 220, [{ quad, colour: 30 }]))).toHaveLength(1)
  })
  test('CAP-17 four cards in reading order', () => {
    const at: [number, number][] = [
      [110, 80],
      [300, 84],
      [106, 220],
      [296, 216],
    ]
    const cards = at.map(([x, y]) => ({ quad: placed(x, y, 150, 2), colour: 245 }))
    const found = findCards(scene(400, 300, 80, cards))
    expect(found.map((quad) => [Math.round((quad[0].x + quad[2].x) / 20), Math.round((quad[0].y + quad[2].y) / 20)])).toEqual(
      at.map(([x, y]) => [Math.round(x / 10), Math.round(y / 10)]),
    )
  })
  test('no card where it looks like its ground, nor in crumbs, nor in a strip', () => {
    expect(findCards(scene(200, 150, 240, [{ quad: placed(100, 75, 120), colour: 250 }]))).toEqual([])
    expect(findCards(scene(200, 150, 20, []))).toEqual([])
    const strip: Quad = [
      { x: 0, y: 70 },
      { x: 199, y: 70 },
      { x: 199, y: 90 },
      { x: 0, y: 90 },
    ]
    expect(findCards(scene(200, 150, 20, [{ quad: strip, colour: 240 }]))).toEqual([])
  })
})

test('CAP-16 the corners of a drawn card come from the corners of the photo, whatever the quadrilateral', () => {
  const near = (x: number, y: number) =>
    fc.record({ x: fc.integer({ min: x - 40, max: x + 40 }), y: fc.integer({ min: y - 40, max: y + 40 }) })
  fc.assert(
    fc.property(near(100, 100), near(500, 100), near(500, 350), near(100, 350), (a, b, c, d) => {
      const quad: Quad = [a, b, c, d]
      const [h0, h1, h2, h3, h4, h5, h6, h7] = homography(quad, 600, 400)
      const to = (x: number, y: number): Point => ({
        x: (h0 * x + h1 * y + h2) / (h6 * x + h7 * y + 1),
        y: (h3 * x + h4 * y + h5) / (h6 * x + h7 * y + 1),
      })
      expect(far([to(0, 0), to(600, 0), to(600, 400), to(0, 400)], quad)).toBeLessThan(0.01)
      expect(isSound(quad)).toBe(true)
    }),
    { numRuns: 200, seed: 35 },
  )
})

test('CAP-16 straightening an upright part copies it; turning the corners turns the picture', () => {
  const data = new Uint8Array(12 * 12 * 3).map((_, i) => Math.floor(i / 3) % 251)
  const quad: Quad = [
    { x: 2, y: 3 },
    { x: 10, y: 3 },
    { x: 10, y: 8 },
    { x: 2, y: 8 },
  ]
  const cut = straighten({ data, width: 12, height: 12 }, quad, 8, 5)
  expect(cut.data[0]).toBe(3 * 12 + 2)
  expect(cut.data[(4 * 8 + 7) * 3]).toBe(7 * 12 + 9)
  expect(turned(quad, 1)[0]).toEqual({ x: 10, y: 3 })
  expect(turned(quad, 4)).toEqual(quad)
})

test('CAP-16 a card is drawn in its usual ratio, upright ones upright; corners that cross enclose nothing', () => {
  expect(drawnSize(placed(0, 0, 500))).toEqual({ width: 1_820, height: 1_100 })
  const tall: Quad = [
    { x: 0, y: 0 },
    { x: 55, y: 0 },
    { x: 55, y: 91 },
    { x: 0, y: 91 },
  ]
  expect(drawnSize(tall)).toEqual({ width: 1_100, height: 1_820 })
  expect(isSound([tall[0], tall[2], tall[1], tall[3]])).toBe(false)
  expect(isSound([tall[0], tall[0], tall[0], tall[0]])).toBe(false)
})
