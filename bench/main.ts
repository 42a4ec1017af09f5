// `npm run bench [-- --small | --full] [-- --only=1,9]`: each workload beside its raw control, in one ratio table.
import { parseArgs } from 'node:util'
import { cards } from './cards.ts'
import { compute } from './compute.ts'
import { editor } from './editor.ts'
import { imports } from './import.ts'
import { ingest } from './ingest.ts'
import { lapses } from './lapse.ts'
import { lists } from './lists.ts'
import { mail, mailMemory } from './mail.ts'
import type { Bench, Line } from './measure.ts'
import { segment } from './segment.ts'
import { simulation } from './simulate.ts'
import { start } from './start.ts'
import { steps } from './steps.ts'
import { tag } from './tag.ts'

const benches: readonly Bench[] = [
  ingest,
  segment,
  compute,
  steps,
  mail,
  mailMemory,
  imports,
  tag,
  start,
  lists,
  editor,
  cards,
  simulation,
  lapses,
]

const { values } = parseArgs({
  options: { small: { type: 'boolean', default: false }, full: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const chosen = benches.filter((bench) => !values.only || values.only.split(',').includes(bench.id))
const lines: Line[] = []
for (const bench of chosen) {
  process.stderr.write(`${bench.id} ${bench.title}\n`)
  try {
    lines.push(...(await bench.run({ small: values.small, full: values.full && !values.small })))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    lines.push({ id: bench.id, what: bench.title, product: 'failed', control: '', ratio: '', goal: '', reached: false })
  }
}

const mark = (reached: boolean | null): string => (reached === null ? 'measured' : reached ? 'reached' : 'not reached')
process.stdout.write('\n| # | workload | product | raw control | ratio | goal | |\n|---|---|---|---|---|---|---|\n')
for (const line of lines) {
  process.stdout.write(
    `| ${line.id} | ${line.what} | ${line.product} | ${line.control} | ${line.ratio} | ${line.goal} | ${mark(line.reached)} |\n`,
  )
}
process.exit(lines.some((line) => line.product === 'failed') ? 1 : 0)
