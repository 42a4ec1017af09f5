// Photos of business cards for tests and the bench: faces drawn from SVG, laid on a table, tilted, seen from the side, dim or blurred.
import sharp, { type Sharp } from 'sharp'
import type { Quad } from '#loop/capture/cards/contract.ts'
import { homography, type Pixels } from '#loop/capture/cards/read/decide.ts'

/** What a card says, as it should be read. Plainly artificial people. */
export interface Face {
  readonly companyName: string
  readonly department: string
  readonly title: string
  readonly familyName: string
  readonly givenName: string
  readonly mail: string
  readonly phone: string
  readonly mobile?: string
  readonly postalCode: string
  readonly address: string
  readonly website?: string
}

export const faces: Readonly<Record<'clean' | 'serif' | 'dark', Face>> = {
  clean: {
    companyName: '株式会社サンプル製作所',
    department: '営業本部 第一営業部',
    title: '課長',
    familyName: '佐藤',
    givenName: '健一',
    mail: 'k.sato@sample-01.example.co.jp',
    phone: '03-1234-5678',
    mobile: '090-1234-5678',
    postalCode: '150-0002',
    address: '東京都渋谷区渋谷2-21-1 サンプルビル8F',
    website: 'https://www.example.co.jp',
  },
  serif: {
    companyName: 'みほん商事株式会社',
    department: '情報システム部',
    title: '部長',
    familyName: '田中',
    givenName: '裕子',
    mail: 'tanaka.yuko@mihon.example.com',
    phone: '06-9876-5432',
    postalCode: '530-0001',
    address: '大阪府大阪市北区梅田3-1-3',
    website: 'https://mihon.example.com',
  },
  dark: {
    companyName: '合同会社テストラボ',
    department: '開発部',
    title: 'エンジニア',
    familyName: '中村',
    givenName: '翔太',
    mail: 'nakamura@testlab.example.jp',
    phone: '050-5555-0123',
    postalCode: '810-0001',
    address: '福岡県福岡市中央区天神1-8-1',
  },
}

export interface Look {
  readonly font: 'Noto Sans CJK JP' | 'Noto Serif CJK JP'
  readonly ink: string
  readonly paper: string
}
export const looks: Readonly<Record<keyof typeof faces, Look>> = {
  clean: { font: 'Noto Sans CJK JP', ink: '#222', paper: '#fdfdfb' },
  serif: { font: 'Noto Serif CJK JP', ink: '#1a1a1a', paper: '#faf6ea' },
  dark: { font: 'Noto Sans CJK JP', ink: '#f4f4f4', paper: '#1d2b45' },
}

const W = 1_365
const H = 825

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** The face of a card from straight above, as SVG. */
function drawn(face: Face, look: Look): string {
  const text = (x: number, y: number, size: number, said: string, weight = 400) =>
    `<text x="${x}" y="${y}" font-family="${look.font}" font-size="${size}" font-weight="${weight}" fill="${look.ink}">${escaped(said)}</text>`
  const lines = [
    `〒${face.postalCode} ${face.address}`,
    `TEL ${face.phone}  FAX ${face.phone.slice(0, -1)}9`,
    face.mobile ? `携帯 ${face.mobile}` : '',
    `E-mail: ${face.mail}`,
    face.website ?? '',
  ].filter(Boolean)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${W}" height="${H}"><rect width="${W}" height="${H}" fill="${look.paper}"/>
    ${text(90, 150, 52, face.companyName, 700)}${text(90, 260, 34, `${face.department}　${face.title}`)}
    ${text(90, 390, 84, `${face.familyName}　${face.givenName}`, 700)}
    ${lines.map((line, i) => text(90, 530 + i * 56, 31, line)).join('')}</svg>`
}

async function rawOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** The face of a card as pixels. */
export const faceOf = (face: Face, look: Look): Promise<Pixels> => rawOf(sharp(Buffer.from(drawn(face, look))))

const ROOM = { width: 2_000, height: 1_500 }

/** Lays pictures of cards on a table: each fills the corners it is given (of a 2000×1500 photo). */
export async function photoOf(
  cards: readonly { readonly card: Pixels; readonly at: Quad }[],
  options: {
    table?: readonly [number, number, number]
    room?: { width: number; height: number }
    blur?: number
    dim?: number
    exif?: number
    cluttered?: boolean
  } = {},
): Promise<Buffer> {
  const { width, height } = options.room ?? ROOM
  const [r, g, b] = options.table ?? [96, 72, 52]
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 3) {
      // Wood has a grain; a cluttered table has stripes of many colours.
      const grain = ((x * 7 + y * 13 + ((x * y) >> 5)) % 17) - 8
      const stripe = options.cluttered ? ((x >> 6) * 53 + (y >> 6) * 97) % 200 : 0
      data[i] = Math.max(0, Math.min(255, r + grain + stripe))
      data[i + 1] = Math.max(0, Math.min(255, g + grain + ((stripe * 3) % 170)))
      data[i + 2] = Math.max(0, Math.min(255, b + grain + ((stripe * 7) % 190)))
    }
  for (const { card, at } of cards) lay(data, width, height, card, at)
  let image = sharp(data, { raw: { width, height, channels: 3 } })
  if (options.dim) image = image.linear(1 - options.dim, 60 * options.dim)
  if (options.blur) image = image.blur(options.blur)
  const jpeg = image.jpeg({ quality: 88 })
  return options.exif
    ? sharp(await jpeg.toBuffer())
        .withMetadata({ orientation: options.exif })
        .jpeg({ quality: 92 })
        .toBuffer()
    : jpeg.toBuffer()
}

function lay(into: Uint8Array, width: number, height: number, card: Pixels, at: Quad): void {
  const inverse = inverted(homography(at, card.width, card.height))
  const xs = at.map((p) => p.x)
  const ys = at.map((p) => p.y)
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < Math.min(height, Math.max(...ys)); y++)
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < Math.min(width, Math.max(...xs)); x++) {
      const w = inverse[6] * x + inverse[7] * y + inverse[8]
      const u = (inverse[0] * x + inverse[1] * y + inverse[2]) / w
      const v = (inverse[3] * x + inverse[4] * y + inverse[5]) / w
      if (u < 0 || v < 0 || u >= card.width - 1 || v >= card.height - 1) continue
      const [left, top] = [Math.floor(u), Math.floor(v)]
      const [fx, fy] = [u - left, v - top]
      for (let c = 0; c < 3; c++) {
        const px = (dx: number, dy: number) => card.data[((top + dy) * card.width + left + dx) * 3 + c] as number
        into[(y * width + x) * 3 + c] = (px(0, 0) * (1 - fx) + px(1, 0) * fx) * (1 - fy) + (px(0, 1) * (1 - fx) + px(1, 1) * fx) * fy
      }
    }
}

type Nine = [number, number, number, number, number, number, number, number, number]
function inverted([a, b, c, d, e, f, g, h]: readonly [number, number, number, number, number, number, number, number]): Nine {
  return [e - f * h, c * h - b, b * f - c * e, f * g - d, a - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d]
}

/** Corners of a card of the usual size around a middle, turned by degrees. */
export function placed(x: number, y: number, width: number, degrees = 0): Quad {
  const [w, h, t] = [width / 2, (width * 55) / 182, (degrees * Math.PI) / 180]
  const corner = (dx: number, dy: number) => ({ x: x + dx * Math.cos(t) - dy * Math.sin(t), y: y + dx * Math.sin(t) + dy * Math.cos(t) })
  return [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)]
}

/** The eight photos of three cards by which reading is measured: what each says beside its picture. */
export async function measuredPhotos(): Promise<{ name: string; face: Face; jpeg: Buffer }[]> {
  const card = async (key: keyof typeof faces) => faceOf(faces[key], looks[key])
  const [clean, serif, dark] = [await card('clean'), await card('serif'), await card('dark')]
  const middle = placed(1_000, 750, 1_500)
  const aside: Quad = [
    { x: 330, y: 380 },
    { x: 1_640, y: 250 },
    { x: 1_790, y: 1_180 },
    { x: 210, y: 1_090 },
  ]
  const shoot = async (name: string, face: Face, pixels: Pixels, at: Quad, options = {}) => ({
    name,
    face,
    jpeg: await photoOf([{ card: pixels, at }], options),
  })
  return [
    await shoot('clean', faces.clean, clean, middle),
    await shoot('serif', faces.serif, serif, middle),
    await shoot('dark', faces.dark, dark, middle, { table: [190, 176, 158] }),
    await shoot('tilted', faces.clean, clean, placed(1_000, 750, 1_450, 9)),
    await shoot('perspective', faces.serif, serif, aside),
    await shoot('low contrast', faces.clean, clean, middle, { dim: 0.45 }),
    await shoot('blur', faces.dark, dark, placed(1_000, 750, 1_500, -4), { table: [190, 176, 158], blur: 1.6 }),
    await shoot('90°', faces.serif, serif, placed(750, 1_000, 1_500, 90), { room: { width: 1_500, height: 2_000 } }),
  ]
}
