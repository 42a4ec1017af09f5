import Fastify, { type FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../../../../../test/database.ts'
import { testHouse } from '../../../../../test/house.ts'
import { pictureOf } from './picture.ts'
import { publicRoutes } from './routes.ts'
import { keep, list, remove } from './service.ts'

let db: TestDatabase
let app: FastifyInstance
beforeAll(async () => {
  db = await testHouse()
  app = Fastify()
  await app.register(async (part) => publicRoutes(part, db.house))
})
afterAll(async () => {
  await app.close()
  await db.close()
})

const photo = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#4f63d8' } })

test('NUR-01 a picture is written anew at twice the sheet at most, without what a camera put beside it, and everybody who gets the mail sees it', async () => {
  const taken = await photo(2_400, 1_200)
    .jpeg()
    .withExif({ IFD0: { Copyright: 'secret place' } })
    .toBuffer()
  const picture = await pictureOf(taken)
  expect([picture.kind, picture.width, picture.height]).toEqual(['jpeg', 1_200, 600])
  expect(picture.bytes.includes('secret place')).toBe(false)
  const kept = await db.tx((ctx) => keep(ctx, '図.jpg', picture))
  const answer = await app.inject({ url: new URL(kept.url).pathname })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'image/jpeg'])
  expect(answer.headers['content-security-policy']).toContain('sandbox')
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
  expect((await sharp(answer.rawPayload).metadata()).width).toBe(1_200)
  expect((await sharp((await app.inject({ url: kept.small })).rawPayload).metadata()).width).toBe(320)
  await db.tx((ctx) => remove(ctx, { id: kept.id }))
  expect((await db.read((ctx) => list(ctx, { limit: 50 }))).items).toEqual([])
  // Mails that went out still show it.
  expect((await app.inject({ url: new URL(kept.url).pathname })).statusCode).toBe(200)
})

test('NUR-01 a drawing keeps what is see-through; small ones stay as they are', async () => {
  const drawn = await sharp({ create: { width: 90, height: 40, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } })
    .png()
    .toBuffer()
  expect(await pictureOf(drawn)).toMatchObject({ kind: 'png', width: 90, height: 40 })
})

test('NUR-01 SVG, pages, broken and giant pictures are refused, whatever they call themselves; without a sign-in nothing is taken', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  const png = await photo(10, 10).png().toBuffer()
  const outcome = (body: Buffer) =>
    Promise.resolve()
      .then(() => pictureOf(body))
      .catch((error: { code: string }) => error.code)
  expect(await outcome(svg)).toBe('image.kind')
  expect(await outcome(Buffer.from('<!doctype html>'))).toBe('image.kind')
  expect(await outcome(png.subarray(0, 40))).toBe('image.broken')
  expect(await outcome(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), svg]))).toBe('image.broken')
  expect(await outcome(await photo(8_000, 6_000).png().toBuffer())).toBe('image.pixels')
  const answer = await app.inject({
    method: 'POST',
    url: '/api/mail-images/upload',
    payload: png,
    headers: { 'content-type': 'image/png' },
  })
  expect(answer.statusCode).toBe(401)
  for (const file of ['x.jpg', '../../etc/passwd', `${'a'.repeat(32)}.jpg`, `${'a'.repeat(32)}.svg`])
    expect((await app.inject({ url: `/m/${encodeURIComponent(file)}` })).statusCode, file).toBe(404)
})
