// Letters from pictures: tesseract.js with language data from npm. Nothing is ever downloaded: `langPath` is a folder on this disk.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createWorker, type PSM, type Worker } from 'tesseract.js'
import type { SeenWord } from '../parse/lines.decide.ts'

const require = createRequire(import.meta.url)
const LSTM_ONLY = 1
/** Page segmentation 3: columns and blocks are found, as cards have them. One block (6) lost names beside logos. */
const BY_ITSELF = '3'

export type Language = 'jpn' | 'eng'

/** Where npm put the data of a language. */
export function dataFolder(language: Language): string {
  return join(dirname(require.resolve(`@tesseract.js-data/${language}/package.json`)), '4.0.0_best_int')
}

export interface Seen {
  /** Words by line, from the top. */
  readonly lines: readonly (readonly SeenWord[])[]
  /** 0 to 100, as tesseract tells it. */
  readonly confidence: number
}

const open = new Map<Language, Promise<Worker>>()

function workerFor(language: Language): Promise<Worker> {
  const known = open.get(language)
  if (known) return known
  const made = start(language)
  open.set(language, made)
  return made
}

async function start(language: Language): Promise<Worker> {
  const worker = await createWorker(language, LSTM_ONLY, { langPath: dataFolder(language), cacheMethod: 'none', gzip: true })
  await worker.setParameters({ user_defined_dpi: '300', tessedit_pageseg_mode: BY_ITSELF as PSM })
  return worker
}

/** Reads a picture, or the part of it within `within`. Boxes are pixels of the picture. */
export async function recognise(
  png: Uint8Array,
  language: Language,
  within?: { left: number; top: number; width: number; height: number },
): Promise<Seen> {
  const worker = await workerFor(language)
  const { data } = await worker.recognize(Buffer.from(png), within ? { rectangle: within } : {}, { text: false, blocks: true })
  const lines = (data.blocks ?? []).flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines))
  const read = lines.map((line) =>
    line.words.map(({ text, confidence, bbox }) => ({
      text,
      confidence: confidence / 100,
      box: { x: bbox.x0, y: bbox.y0, width: bbox.x1 - bbox.x0, height: bbox.y1 - bbox.y0 },
    })),
  )
  return { lines: read, confidence: data.confidence }
}
