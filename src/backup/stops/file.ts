// The log file itself: one JSON line a stop, appended and flushed to the disk, readable by anything.
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type StopLine, stopLine } from './decide.ts'

export const LOG = 'stops.log'
export const logFile = (dataDir: string): string => join(dataDir, LOG)

/** Appends lines and waits until the disk has them. A line that a crash left half is closed first. */
export async function appendStopLog(dataDir: string, lines: readonly object[]): Promise<void> {
  if (!lines.length) return
  await mkdir(dataDir, { recursive: true })
  const file = await open(logFile(dataDir), 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await file.read(last, 0, 1, size - 1)
    const whole = size === 0 || last[0] === 10
    await file.appendFile(`${whole ? '' : '\n'}${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** The lines since an instant, in their order. A line that cannot be read (cut off by a crash) is passed over. */
export async function readStopLog(dataDir: string, since: Date): Promise<StopLine[]> {
  return readLines(logFile(dataDir), since)
}

/** The same of any file, such as a copy of another installation's log. */
export async function readLines(file: string, since: Date): Promise<StopLine[]> {
  const lines: StopLine[] = []
  if (!existsSync(file)) return lines
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = parseLine(text)
    if (line && new Date(line.at) >= since) lines.push(line)
  }
  return lines
}

function parseLine(text: string): StopLine | null {
  try {
    return stopLine.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
