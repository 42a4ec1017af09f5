// `npm test`: the gates, then every vitest project whose needs are met. What is not run is named with its reason; under
// REQUIRE_ALL=1 it fails. `--only=database,chaos` runs these
// projects without the gates (CI repeats them on another PostgreSQL).
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumPath } from '../test/e2e/chromium.ts'
import { printVerdicts, root, run, runGates, type Verdict } from './gates.ts'

const PROJECTS = ['unit', 'database', 'chaos', 'browser'] as const
type Project = (typeof PROJECTS)[number]
interface Counted {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const required = process.env.REQUIRE_ALL === '1'
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length)
const label = process.argv.find((arg) => arg.startsWith('--label='))?.slice('--label='.length)

/** Why a project cannot run here; undefined when it can. */
function missing(project: Project): string | undefined {
  if (project === 'browser' && chromiumPath() === undefined) return 'no Chromium found (install chromium, or name it in CHROMIUM_PATH)'
  return undefined
}

function reportOf(project: Project): string {
  return join('reports', `${label ? `${project}-${label}` : project}.json`)
}

function runProject(project: Project): Verdict {
  const report = reportOf(project)
  return run(`tests: ${label ? `${project} (${label})` : project}`, 'vitest', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly { readonly name: string; readonly message?: string; readonly assertionResults: readonly Asserted[] }[]
}
interface Asserted {
  readonly fullName: string
  readonly status: string
  readonly failureMessages?: readonly string[]
}

/** How much of a failure is told again at the end: its message and the lines of ours it went through. */
const TOLD_LINES = 12

function reported(project: Project): Report | undefined {
  const file = join(root, reportOf(project))
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
}

/** Names of tests that were there and did not run, for want of something on this machine. */
function skippedIn(project: Project): string[] {
  const all = reported(project)?.testResults.flatMap((each) => each.assertionResults) ?? []
  return all.filter((each) => ['skipped', 'pending', 'todo'].includes(each.status)).map((each) => each.fullName)
}

/** Every failure once more, below everything else: the end of a log is what a reader of CI sees. */
function failuresIn(project: Project): string[] {
  return (reported(project)?.testResults ?? []).flatMap((file) => {
    const failed = file.assertionResults.filter((each) => each.status === 'failed')
    if (failed.length === 0) return file.message ? [`${file.name}\n${shortened(file.message)}`] : []
    return failed.map((each) => `${each.fullName}\n${shortened((each.failureMessages ?? []).join('\n'))}`)
  })
}

function shortened(message: string): string {
  const lines = message.split('\n').filter((line) => !line.includes('node_modules'))
  return lines
    .slice(0, TOLD_LINES)
    .map((line) => `        ${line}`)
    .join('\n')
}

/** The counts of vitest's JSON report; a report that was never written counts as one failure. */
function countOf(project: Project): Counted {
  const report = reported(project)
  if (!report) return { passed: 0, failed: 1, skipped: 0 }
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests }
}

function main(): number {
  mkdirSync(join(root, 'reports'), { recursive: true })
  const projects = PROJECTS.filter((project) => only === undefined || only.split(',').includes(project))
  for (const project of projects) rmSync(join(root, reportOf(project)), { force: true })

  const gates = only === undefined ? runGates() : []
  const notRun = projects.flatMap((project) => {
    const why = missing(project)
    return why ? [{ project, why }] : []
  })
  const ran = projects.filter((project) => missing(project) === undefined)
  // Once, before anything looks at what browsers load: the secret scan reads the bundles, the browser tests are served them.
  const built = ran.some((project) => project === 'chaos' || project === 'browser') ? [run('build', 'node', ['tools/build.ts'])] : []
  const tests = ran.map(runProject)
  const counts = ran.map(countOf)
  const verdicts = [...gates, ...built]

  printVerdicts([...verdicts, ...tests])
  for (const { project, why } of notRun) process.stdout.write(`${required ? 'FAIL' : 'not run'}  tests: ${project}: ${why}\n`)

  for (const name of ran.flatMap(skippedIn)) process.stdout.write(`not run  ${name}\n`)
  for (const failure of ran.flatMap(failuresIn)) process.stdout.write(`FAIL    ${failure}\n`)

  const sum = (pick: (count: Counted) => number): number => counts.reduce((total, count) => total + pick(count), 0)
  const gatesFailed = verdicts.filter((verdict) => !verdict.ok).length
  const silent = tests.filter((verdict, at) => !verdict.ok && counts[at]?.failed === 0).length
  const failed = sum((count) => count.failed) + gatesFailed + silent + (required ? notRun.length : 0)
  const skipped = sum((count) => count.skipped)
  process.stdout.write(`\n${skipped ? `${skipped} skipped\n` : ''}${sum((count) => count.passed)} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

process.exitCode = main()
