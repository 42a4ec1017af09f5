// `npm run chaos [-- --only=S1,I1] [-- --seed=7] [-- --small] [-- --again]`: the catalogue at full figure, one row at a time, resumable.
// The result of each row is written at once, so an interrupted run goes on where it was; the table ends in docs/chaos.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../product.ts'
import { makeTemplate, startTestServer } from '../server.ts'
import { restoredElsewhere, restoredMidMailing } from './backup.ts'
import { lostCommits } from './commits.ts'
import { clocks, monstrous, repeated } from './crooked.ts'
import { fullDisk } from './disk.ts'
import { embeddedKilled, killedIngest } from './ingest.ts'
import { killedMerges } from './merge.ts'
import { killedMigrations } from './migrations.ts'
import type { Row } from './row.ts'
import { scanners } from './scanners.ts'
import { killedScenarios } from './scenarios.ts'
import { secretScan } from './secrets.ts'
import { killedSending, oneRefused, stoppedWorker, stopRace } from './sending.ts'

const rows: readonly Row[] = [
  killedSending,
  stoppedWorker,
  oneRefused,
  lostCommits,
  stopRace,
  killedIngest,
  repeated,
  clocks,
  monstrous,
  fullDisk,
  killedScenarios,
  killedMerges,
  killedMigrations,
  embeddedKilled,
  scanners,
  restoredElsewhere,
  restoredMidMailing,
  secretScan,
]

interface Outcome {
  readonly id: string
  readonly ok: boolean
  readonly said: string
  readonly seconds: number
  readonly seed: number
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: '20260401' },
    small: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
  },
})
const scale = values.small ? 'small' : 'full'
const file = join(root, 'reports', `chaos-${scale}-${values.seed}.txt`)
mkdirSync(join(root, 'reports'), { recursive: true })
const done: Outcome[] =
  existsSync(file) && !values.again
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Outcome)
    : []
const wanted = rows.filter(
  (row) => (!values.only || values.only.split(',').includes(row.id)) && !done.some((outcome) => outcome.id === row.id && outcome.ok),
)

const server = await startTestServer({ fsync: true })
const template = `chaos_template_${process.pid}`
try {
  await makeTemplate(server.admin, template)
  for (const row of wanted) {
    process.stdout.write(`${row.title}\n`)
    const from = performance.now()
    const seed = Number(values.seed)
    const outcome = await row.run({ admin: server.admin, template }, scale, seed).then(
      (said) => ({ ok: true, said }),
      (error: unknown) => ({ ok: false, said: error instanceof Error ? error.message : String(error) }),
    )
    const whole = { id: row.id, ...outcome, seconds: Math.round((performance.now() - from) / 1000), seed }
    done.push(whole)
    writeFileSync(file, `${done.map((each) => JSON.stringify(each)).join('\n')}\n`)
    process.stdout.write(`  ${whole.ok ? 'held' : 'BROKEN'} in ${whole.seconds} s: ${whole.said}\n`)
  }
} finally {
  await server.stop()
}
writeTable()
process.exit(done.every((outcome) => outcome.ok) ? 0 : 1)

/** The last outcome of each row; only full figures go into the project's documents. */
function writeTable(): void {
  const last = rows.flatMap((row) => done.findLast((outcome) => outcome.id === row.id) ?? [])
  const lines = last.map(
    (outcome) =>
      `| ${outcome.id} | ${rows.find((row) => row.id === outcome.id)?.title.replace(/^[A-Z0-9 -]+ (?=[a-z])/, '')} | ${outcome.ok ? 'held' : '**broken**'} | ${outcome.said.split('\n')[0]} | ${outcome.seconds} s |`,
  )
  const table = ['| row | what must hold | | figures | took |', '|---|---|---|---|---|', ...lines].join('\n')
  process.stdout.write(`\n${table}\n`)
  if (scale === 'full' && !values.only) {
    writeFileSync(
      join(root, 'docs', 'chaos.md'),
      `# What the product was put through\n\nWritten by \`npm run chaos\` with seed ${values.seed}: real processes, real kills, the embedded PostgreSQL with fsync on.\n\n${table}\n`,
    )
  }
}
