import { parseArgs } from 'node:util'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { listScenarios } from '#loop/orchestrate/queries.ts'
import { ASSUMPTIONS, MOST_MONTHS, type PartResult, type SimulationResult, type Which } from '#loop/orchestrate/simulate/contract.ts'
import { askOf } from '#loop/orchestrate/simulate/service.ts'
import { simulate } from '#loop/orchestrate/simulate/work.ts'

const USAGE =
  'Usage: simulate <scenario id or name> [--months 6] [--version N|draft|recorded] [--compare <id or name>] [--answers none|historic] [--json]'
const ACTOR: Actor = { kind: 'system', name: 'command line' }

/**
 * `simulate <scenario>`: a draft is played over the journal of the last months in a transaction that cannot write; nothing is kept.
 * @returns sums for stdout, or all of the result as JSON; progress goes to stderr
 * @throws Refusal invalid for any other words, missing for a scenario that is not there
 */
export async function simulateCommand(house: House, args: readonly string[]): Promise<string> {
  const { values, positionals } = readArgs(args)
  const months = Number(values.months)
  const assumption = ASSUMPTIONS.find((one) => one === values.answers)
  const [name] = positionals
  if (!name || positionals.length > 1 || !assumption || !Number.isInteger(months) || months < 1 || months > MOST_MONTHS) return usage()
  const asked = await withRead(house, ACTOR, async (ctx) => {
    const find = async (wanted: string): Promise<string> => {
      const found = await listScenarios(ctx.db, { after: null, limit: 200, search: /^[\da-f-]{36}$/.test(wanted) ? null : wanted })
      const exact = found.find((one) => one.id === wanted || one.name === wanted) ?? (found.length === 1 ? found[0] : undefined)
      return exact?.id ?? refuse('missing', 'scenario.missing', { message: `There is no one scenario “${wanted}”.` })
    }
    const other = values.compare ? { scenario: await find(values.compare), which: { kind: 'draft' as const } } : null
    return askOf(ctx, { scenario: await find(name), which: whichOf(values.version), other, months, assumption })
  })
  let told = -1
  const { result } = await simulate(house, asked, async ({ share }) => {
    const tenth = Math.floor(share * 10)
    if (tenth > told) process.stderr.write(`${tenth * 10} %\n`)
    told = Math.max(told, tenth)
  })
  if (values.json) return JSON.stringify(result, null, 2)
  return tell(
    result,
    asked.parts.map((part) => part.name),
  )
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        months: { type: 'string', default: '6' },
        version: { type: 'string', default: 'draft' },
        compare: { type: 'string' },
        answers: { type: 'string', default: 'none' },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    })
  } catch {
    return usage()
  }
}

const usage = (): never => refuse('invalid', 'simulate.usage', { message: USAGE })

function whichOf(word: string): Which {
  if (word === 'draft' || word === 'recorded') return { kind: word }
  const version = Number(word)
  return Number.isInteger(version) && version > 0 ? { kind: 'version', version } : usage()
}

function tell({ parts, both, events }: SimulationResult, names: readonly string[]): string {
  const lines = parts.flatMap((part, i) => [`${names[i] ?? ''}`, ...linesOf(part).map((line) => `  ${line}`)])
  if (both) lines.push(`only the first ${both.a} · only the second ${both.b} · both ${both.both}`)
  return [...lines, `${events.toLocaleString('en')} events played; nothing was sent or written`].join('\n')
}

function linesOf(part: PartResult): string[] {
  const sums = part.mails.map((one) => {
    const held = Object.entries(one.held).map(([reason, n]) => `${reason} ${n}`)
    return `mail ${one.step}: ${one.sent} sent, ${one.postponed} postponed${held.length ? `, not sent: ${held.join(', ')}` : ''}`
  })
  const ends = Object.entries(part.ends).map(([how, n]) => `${how} ${n}`)
  const caps = part.caps.map((one) => `${one.reason}: ${one.mails} mails, ${one.hours} h later on average, ${one.givenUp} given up`)
  const met = part.collisions.map((one) => `meets ${one.kind} ${one.name}: ${one.mails} mails to ${one.people} people`)
  const todays = part.conditions.flatMap((one) =>
    Object.entries(one.todays).map(([fact, n]) => `${one.step}: ${n} of ${one.asked} answered with today’s ${fact}`),
  )
  return [`entered ${part.entered} (${part.people} people), ended: ${ends.join(', ') || 'nobody'}`, ...sums, ...caps, ...met, ...todays]
}
