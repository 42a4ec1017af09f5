// `npm run chaos [-- --only=S1,I1] [-- --seed=7] [-- --small] [-- --again]`: the catalogue at full figure, one row at a time, resumable.
// The result of each row is written at once, so an interrupted run goes on where it was; the table ends in docs/chaos.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../product.ts'
import { makeTemplate, startTestServer } from '../server.ts'
import { changedClocks, changedLives, movedVersions, randomScenarios, stoppedForDays } from './acting.ts'
import { restoredElsewhere, restoredMidMailing } from './backup.ts'
import { jumpingClocks } from './clock.ts'
import { lostCommits } from './commits.ts'
import { consentPaths } from './consent.ts'
import { clocks, monstrous, repeated } from './crooked.ts'
import { fullDisk } from './disk.ts'
import { scriptedFaults } from './faults.ts'
import { killedImport } from './import.ts'
import { embeddedKilled, killedIngest } from './ingest.ts'
import { inspectedLetters } from './letters.ts'
import { meddled } from './meddling.ts'
import { killedMerges } from './merge.ts'
import { killedMigrations } from './migrations.ts'
import { largeNewsletter } from './million.ts'
import { pushedBack } from './pushback.ts'
import { killedAnswers } from './resending.ts'
import { restartedDatabase } from './restarts.ts'
import type { Row } from './row.ts'
import { agreeingRules, fuzzedRules } from './rules.ts'
import { scanners } from './scanners.ts'
import { killedScenarios } from './scenarios.ts'
import { secretScan } from './secrets.ts'
import { killedSending, oneRefused, stoppedWorker, stopRace } from './sending.ts'

const rows: readonly Row[] = [
  killedSending,
  killedAnswers,
  stoppedWorker,
  scriptedFaults,
  oneRefused,
  restartedDatabase,
  lostCommits,
  meddled,
  stopRace,
  pushedBack,
  largeNewsletter,
  inspectedLetters,
  killedIngest,
  repeated,
  clocks,
  monstrous,
  fullDisk,
  killedScenarios,
  jumpingClocks,
  changedClocks,
  stoppedForDays,
  killedMerges,
  killedMigrations,
  embeddedKilled,
  scanners,
  killedImport,
  restoredElsewhere,
  restoredMidMailing,
  secretScan,
  consentPaths,
  fuzzedRules,
  agreeingRules,
  movedVersions,
  changedLives,
  randomScenarios,
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
    writeDocument()
    process.stdout.write(`  ${whole.ok ? 'held' : 'BROKEN'} in ${whole.seconds} s: ${whole.said}\n`)
  }
} finally {
  await server.stop()
}
process.stdout.write(`\n${table(rows.filter((row) => done.some(({ id }) => id === row.id)))}\n`)
process.exit(done.filter(isLast).every((outcome) => outcome.ok) ? 0 : 1)

function isLast(outcome: Outcome): boolean {
  return done.findLast(({ id }) => id === outcome.id) === outcome
}

/** The last outcome of each row; a row that was not run says so. */
function table(of: readonly Row[]): string {
  const lines = of.map((row) => {
    const title = row.title.replace(/^[A-Z0-9 -]+ (?=[a-z])/, '')
    const last = done.findLast(({ id }) => id === row.id)
    if (!last) return `| ${row.id} | ${title} | not run | at full figure; the suite holds it in small | |`
    return `| ${row.id} | ${title} | ${last.ok ? 'held' : '**broken**'} | ${last.said.split('\n')[0]} | ${last.seconds} s |`
  })
  return ['| row | what must hold | | figures | took |', '|---|---|---|---|---|', ...lines].join('\n')
}

/** Only full figures go into the project's documents; written after each row, so an interrupted run leaves an honest table too. */
function writeDocument(): void {
  if (scale !== 'full') return
  const text = `# What the product was put through

Written by \`npm run chaos\` (seed ${values.seed}): real processes, real kills, real disks, the embedded PostgreSQL with fsync on. Each row runs by itself and the run
goes on where it was interrupted; \`--only=S1,D6\` chooses rows, \`--again\` runs rows that held once more. Every row is in the suite too, in small (about 10 kills, 200 seeds; D4 as properties without kills).
A row that says *not run* has not been run at its full figure by whoever wrote this table. These are held at their full figure by the suite alone:
D2, D3, D5 (src/loop/capture/import, src/loop/segment/export: they throw files, not kills), X4 (src/loop/deliver/template), X5 with 5,000
addresses (src/connect/smtp/wire.test.ts), X7 (src/loop/deliver/incoming, src/connect/ses), E3 (src/loop/deliver/sender), E4 with 100 scanners and
100 people (src/loop/deliver/truth/replay.test.ts). E2 is held on bounces of our own making (src/loop/deliver/bounces), and by a real Postfix
where one is found (test/postfix.test.ts).

${table(rows)}
`
  writeFileSync(join(root, 'docs', 'chaos.md'), text)
}
