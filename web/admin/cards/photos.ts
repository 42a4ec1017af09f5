import { ask } from '../api.ts'

/** A picture on its way to the server. */
export interface Photo {
  readonly file: Blob
  readonly name: string
  readonly position: number
  readonly side: 'front' | 'back'
}

const LONGEST = 3_200
const LARGE = 6 * 1024 * 1024

/** Large pictures are made smaller before they travel; formats that only this browser can open (HEIC on Apple's) become JPEG. */
async function prepared(file: Blob): Promise<Blob> {
  const known = /^image\/(jpeg|png|webp|tiff|avif)$/.test(file.type)
  if (known && file.size < LARGE) return file
  try {
    const picture = await createImageBitmap(file)
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    return await new Promise((resolve) => canvas.toBlob((made) => resolve(made ?? file), 'image/jpeg', 0.9))
  } catch {
    return file // the server says what to do with it
  }
}

/** Sends one picture to its place in the batch. @throws ProblemError with what to do */
export async function send(batch: string, { file, position, side }: Photo): Promise<string> {
  const url = `${location.origin}/api/card-batches/${batch}/photos?position=${position}&side=${side}`
  const body = await prepared(file)
  const answer = await ask(new Request(url, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body }))
  return ((await answer.json()) as { id: string }).id
}

/** Places of pictures: each its own card, or front and back in turns. */
export function placed(files: readonly File[], pairs: boolean, from = 0): Photo[] {
  return files.map((file, i) => ({
    file,
    name: file.name,
    position: from + (pairs ? Math.floor(i / 2) : i),
    side: pairs && i % 2 === 1 ? 'back' : 'front',
  }))
}

/** Address of a picture of a card; the version makes a new reading a new address. */
export const pictureUrl = (card: { id: string; version: number }, side: 'front' | 'back', of: 'card' | 'photo' = 'card'): string =>
  `/api/cards/${card.id}/picture?side=${side}&of=${of}&v=${card.version}`
