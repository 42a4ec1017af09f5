import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createGunzip } from 'node:zlib'
import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { type ReplaySummary, replay } from '#loop/capture/track/replay.ts'

const USAGE = 'Usage: replay <access.log|access.log.gz> [--site <name>] [--origin https://www.example.co.jp]'

/**
 * `replay <file>`: a web server's Combined Log becomes historic visits. Nothing is sent and nobody is notified; running it again adds nothing.
 * @param args what follows `replay` on the command line
 * @returns the summary for stdout; progress goes to stderr
 * @throws Refusal invalid for any other words or a file that is not there
 */
export async function replayCommand(house: House, args: readonly string[]): Promise<string> {
  const { file, site, origin } = await readArgs(args)
  const source = createReadStream(file)
  const input = file.endsWith('.gz') ? source.pipe(createGunzip()) : source
  const progress = (lines: number) => process.stderr.write(`${lines.toLocaleString('en')} lines\n`)
  try {
    return tell(
      await replay(house, createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }), {
        site,
        ...(origin ? { origin } : {}),
        progress,
      }),
    )
  } finally {
    source.destroy()
  }
}

async function readArgs(args: readonly string[]): Promise<{ file: string; site: string; origin: string | undefined }> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { site: { type: 'string' }, origin: { type: 'string' } },
    allowPositionals: true,
    strict: false,
  })
  const file = positionals[0]
  if (!file || positionals.length > 1) refuse('invalid', 'replay.usage', { message: USAGE })
  const origin = typeof values.origin === 'string' ? values.origin : undefined
  if (origin !== undefined && !/^https?:\/\/[^/]+\/?$/.test(origin))
    refuse('invalid', 'replay.origin', { message: `--origin takes scheme and host alone. ${USAGE}` })
  try {
    await access(file)
  } catch {
    refuse('invalid', 'replay.file', { message: `The file ${file} cannot be read. ${USAGE}` })
  }
  return {
    file,
    site: typeof values.site === 'string' && values.site.trim() ? values.site.trim() : basename(file).replace(/\.gz$/, ''),
    origin,
  }
}

function tell(summary: ReplaySummary): string {
  const { kinds } = summary
  const number = (n: number) => n.toLocaleString('en').padStart(12)
  const share = summary.lines ? ((kinds.robot / summary.lines) * 100).toFixed(2) : '0.00'
  return [
    `Site              ${summary.site}${summary.origin ? ` (${summary.origin})` : ''}`,
    `Lines      ${number(summary.lines)}   ${summary.first?.toISOString() ?? '–'} to ${summary.last?.toISOString() ?? '–'}`,
    `Visitors   ${number(summary.visitors)}   address + user agent, with at least one page view or download`,
    `Page views ${number(kinds.page)}   GET, answered 2xx or 3xx, not an asset`,
    `Downloads  ${number(kinds.download)}   documents and archives`,
    `Robots     ${number(kinds.robot)}   ${share}% of the lines (isbot), kept apart`,
    `Assets     ${number(kinds.asset)}   style sheets, scripts, images, fonts, robots.txt`,
    `Other      ${number(kinds.other)}   other methods, errors`,
    `Unreadable ${number(summary.unread)}`,
    `New events ${number(summary.fresh)}`,
  ].join('\n')
}
