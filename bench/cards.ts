// Business cards: exact fields of eight photos and cards a second. Printed, not asserted: OCR is as good as its pictures.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CardFieldKey } from '#loop/capture/cards/kinds/contract.ts'
import { openPool } from '#loop/capture/cards/read/pool.ts'
import { measuredPhotos } from '../test/cards.ts'
import type { Bench, Line } from './measure.ts'

const GOAL = 0.93

async function run(): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hagukumi-cards-'))
  const pool = openPool()
  try {
    const photos = await measuredPhotos()
    let good = 0
    let all = 0
    const since = performance.now()
    await Promise.all(
      photos.map(async ({ name, face, jpeg }, i) => {
        const front = join(folder, `${i}.jpg`)
        await writeFile(front, jpeg)
        const { fields } = await pool.read({ front, back: null, corners: {} })
        for (const [key, value] of Object.entries(face)) {
          all++
          const read = fields[key as CardFieldKey]?.value
          if (read === value) good++
          else process.stderr.write(`  ${name}: ${key} ${read ?? '(nothing)'} ≠ ${value}\n`)
        }
      }),
    )
    const seconds = (performance.now() - since) / 1_000
    const exact = `${good}/${all} (${Math.round((good / all) * 100)} %)`
    return [
      {
        id: 'cards',
        what: 'business cards: exact fields of 8 photos',
        product: exact,
        control: '',
        ratio: '',
        goal: '≥ 93 %',
        reached: good / all >= GOAL,
      },
      {
        id: 'cards',
        what: `business cards read (${pool.size} threads)`,
        product: `${(seconds / photos.length).toFixed(2)} s a card`,
        control: '',
        ratio: '',
        goal: '≤ 2 s a card',
        reached: seconds / photos.length <= 2,
      },
    ]
  } finally {
    await pool.close()
    await rm(folder, { recursive: true, force: true })
  }
}

export const cards: Bench = { id: 'cards', title: 'business cards', run }
