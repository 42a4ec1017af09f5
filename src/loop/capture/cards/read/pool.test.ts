import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QRCodeSVG } from 'qrcode.react'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faceOf, faces, looks, photoOf, placed } from '../../../../../test/cards.ts'
import { until } from '../../../../../test/world.ts'
import { openPool, type ReaderPool } from './pool.ts'

let folder: string
let pool: ReaderPool
const fonts = await hasFonts()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hagukumi-cards-'))
  pool = openPool({ size: 2, idle: 20_000, longest: 60_000 })
})
afterAll(async () => {
  await pool.close()
  await rm(folder, { recursive: true, force: true })
})

/** Whether Japanese letters can be drawn here at all. */
async function hasFonts(): Promise<boolean> {
  const drawn = (letter: string) =>
    sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><text y="45" font-size="40" font-family="Noto Sans CJK JP">${letter}</text></svg>`,
      ),
    )
      .raw()
      .toBuffer()
  return !(await drawn('佐')).equals(await drawn('藤'))
}

const stored = async (name: string, jpeg: Buffer): Promise<string> => {
  const path = join(folder, `${name}.jpg`)
  await writeFile(path, jpeg)
  return path
}
const none = { back: null, corners: {} }
const entry = (code: string) =>
  new URL(`data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ id }) => { ${code} })`)

describe('reading threads', () => {
  test('CAP-17 a thread that dies or hangs is told apart, and the next card gets another thread', async () => {
    const dying = openPool({ size: 1, entry: entry('process.exit(1)') })
    await expect(dying.read({ front: 'x', ...none })).rejects.toMatchObject({ kind: 'died' })
    await expect(dying.read({ front: 'x', ...none })).rejects.toMatchObject({ kind: 'died' })
    const hanging = openPool({ size: 1, longest: 50, entry: entry('for (;;) {}') })
    await expect(hanging.read({ front: 'x', ...none })).rejects.toMatchObject({ kind: 'hung' })
    const working = openPool({ size: 1, entry: entry('parentPort.postMessage({ id, answer: { ok: id } })') })
    expect(await Promise.all([1, 2, 3].map(() => working.read({ front: 'x', ...none })))).toHaveLength(3)
    await Promise.all([dying.close(), hanging.close(), working.close()])
  })

  test('CAP-17 nothing is started before the first card, and threads end when there is nothing to read', async () => {
    const lazy = openPool({ size: 2, idle: 500, entry: entry('parentPort.postMessage({ id, answer: {} })') })
    expect(lazy.threads()).toBe(0)
    await Promise.all([1, 2, 3, 4].map(() => lazy.read({ front: 'x', ...none })))
    expect(lazy.threads()).toBe(2)
    await until(async () => lazy.threads() === 0)
    await lazy.close()
  })

  test('CAP-16 a file that is no picture is told as unreadable', async () => {
    await expect(pool.read({ front: await stored('broken', Buffer.from('no picture at all')), ...none })).rejects.toMatchObject({
      kind: 'unreadable',
    })
  })
})

describe('reading cards', () => {
  test.skipIf(!fonts)(
    'CAP-16 a tilted card on a table yields 会社, 部署, 役職, 姓, 名, mail and tel with confidence and place',
    async () => {
      const card = await faceOf(faces.clean, looks.clean)
      const photo = await stored('tilted', await photoOf([{ card, at: placed(1_000, 750, 1_450, 6) }]))
      const { fields, front } = await pool.read({ front: photo, ...none })
      const { companyName, familyName, mail, phone, mobile, postalCode, title } = faces.clean
      const value = (key: keyof typeof fields) => fields[key]?.value
      expect([
        value('companyName'),
        value('familyName'),
        value('mail'),
        value('phone'),
        value('mobile'),
        value('postalCode'),
        value('title'),
      ]).toEqual([companyName, familyName, mail, phone, mobile, postalCode, title])
      expect(fields.mail?.confidence).toBeGreaterThan(0.7)
      expect(fields.mail?.box?.y).toBeGreaterThan(700)
      expect([front.width, front.height]).toEqual([1_820, 1_100])
      expect(front.corners?.[0]?.x).toBeCloseTo(0.16, 1)
    },
  )

  test.skipIf(!fonts)('CAP-16 on a cluttered table the corners given by hand decide; a back with a QR code is read too', async () => {
    const card = await faceOf(faces.serif, looks.serif)
    const at = placed(1_000, 750, 1_300, -5)
    const front = await stored('clutter', await photoOf([{ card, at }], { cluttered: true }))
    const shares = at.map((p) => ({ x: p.x / 2_000, y: p.y / 1_500 })) as unknown as typeof at
    const svg = renderToStaticMarkup(
      createElement(QRCodeSVG, { value: 'BEGIN:VCARD\nN:見本;花子\nTEL;TYPE=CELL:090-2222-3333\nEND:VCARD', size: 500, marginSize: 4 }),
    )
    const qr = await sharp(Buffer.from(svg)).resize(500).png().toBuffer()
    const plain = sharp({ create: { width: 1_600, height: 967, channels: 3, background: '#ffffff' } })
    const back = await stored(
      'back',
      await plain
        .composite([{ input: qr, left: 100, top: 200 }])
        .jpeg()
        .toBuffer(),
    )
    const read = await pool.read({ front, back, corners: { front: shares } })
    expect(read.fields.companyName).toMatchObject({ value: faces.serif.companyName, side: 'front' })
    expect(read.fields.mail?.value).toBe(faces.serif.mail)
    expect(read.fields.mobile).toMatchObject({ value: '090-2222-3333', confidence: 0.98 })
    expect(read.fields.familyName?.value).toBe('見本')
    expect(read.others).toEqual([])
  })

  test.skipIf(!fonts)('CAP-17 two cards on one photo are told apart', async () => {
    const [clean, dark] = [await faceOf(faces.clean, looks.clean), await faceOf(faces.serif, looks.serif)]
    const photo = await photoOf(
      [
        { card: clean, at: placed(1_000, 450, 1_300, 2) },
        { card: dark, at: placed(1_000, 1_400, 1_300, -3) },
      ],
      { room: { width: 2_000, height: 1_900 } },
    )
    const { fields, others } = await pool.read({ front: await stored('three', photo), ...none })
    expect(fields.companyName?.value).toBe(faces.clean.companyName)
    expect(others).toHaveLength(1)
  })
})
