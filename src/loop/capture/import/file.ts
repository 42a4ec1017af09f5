// The uploaded file: decoded and parsed as a stream, so that a large one costs no memory.
import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import iconv from 'iconv-lite'
import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { guessDelimiter } from './decide.ts'

export type Encoding = 'utf-8' | 'cp932' | 'utf-16le'
export const LARGEST_FILE = 200 * 1024 * 1024
const SAMPLE = 64 * 1024
const LARGEST_ROW = 1024 * 1024
const MOST_COLUMNS = 500

/** Where the file of an import lies; owned by the product, removed when the import is over. */
export const pathOf = (house: House, id: string): string => join(house.dataDir, 'imports', `${id}.csv`)

/** Stores an upload. @returns its size, or null when it is too large (nothing stays) */
export async function storeUpload(house: House, id: string, stream: AsyncIterable<Buffer>): Promise<number | null> {
  await mkdir(join(house.dataDir, 'imports'), { recursive: true, mode: 0o700 })
  const file = await open(pathOf(house, id), 'w', 0o600)
  let bytes = 0
  try {
    for await (const chunk of stream) {
      bytes += chunk.length
      if (bytes > LARGEST_FILE) break
      await file.write(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (bytes <= LARGEST_FILE) return bytes
  await removeFile(house, id)
  return null
}

export const removeFile = (house: House, id: string): Promise<void> => rm(pathOf(house, id), { force: true })

/** The first bytes: the encoding and delimiter they speak for. UTF-8 if it reads as such, else CP932 (what Excel writes in Japan). */
export async function sniff(house: House, id: string): Promise<{ encoding: Encoding; delimiter: string; bytesPerRow: number }> {
  const file = await open(pathOf(house, id), 'r')
  const { bytesRead, buffer } = await file.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0).finally(() => file.close())
  const head = buffer.subarray(0, bytesRead)
  if (isBinary(head))
    refuse('unsupported', 'import.noText', {
      message:
        'CSVファイルではありません。Excelでは「CSV UTF-8」で保存してください / This is no CSV file. In Excel, save it as “CSV UTF-8”.',
      field: 'file',
    })
  const encoding = encodingOf(head)
  const lines = iconv.decode(head, encoding).split(/\r\n|\r|\n/)
  return { encoding, delimiter: guessDelimiter(lines[0] ?? ''), bytesPerRow: Math.max(2, bytesRead / Math.max(1, lines.length - 1)) }
}

/** A workbook (PK), an old one (D0CF), a compressed file or a PDF, or bytes that no text begins with. UTF-16 alone may hold zeros. */
function isBinary(head: Buffer): boolean {
  const begins = head.toString('hex', 0, 4)
  return ['504b0304', 'd0cf11e0', '1f8b', '25504446', '0000'].some((mark) => begins.startsWith(mark))
}

function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  try {
    // A sample may end in the middle of a character: streaming mode does not mind.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return 'utf-8'
  } catch {
    return 'cp932'
  }
}

export interface FileRow {
  /** The line the row begins at, counted from 1, the header included. */
  readonly line: number
  readonly cells: string[]
}

/** The rows of the file, header first. @throws FileFault with the line where the file cannot be read on */
export async function* readRows(house: House, id: string, encoding: Encoding, delimiter: string): AsyncGenerator<FileRow> {
  const parser = parse({
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LARGEST_ROW,
    info: true,
  })
  const ended = { error: null as Error | null }
  pipeline(createReadStream(pathOf(house, id)), iconv.decodeStream(encoding), parser, (error) => {
    ended.error = error ?? null
  })
  let last = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: last + 1, cells: record.slice(0, MOST_COLUMNS).map((cell) => cell.replaceAll('\u0000', '')) }
      last = info.lines
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new FileFault(`${last + 1}行目付近でCSVを読めません（引用符など）/ The CSV cannot be read near line ${last + 1}: ${error.code}`)
    throw error
  } finally {
    parser.destroy()
  }
}

/** The file is at fault, not we: the import ends with this sentence. */
export class FileFault extends Error {}

/** The first rows, for a preview. */
export async function firstRows(house: House, id: string, encoding: Encoding, delimiter: string, most: number): Promise<string[][]> {
  const rows: string[][] = []
  for await (const row of readRows(house, id, encoding, delimiter)) {
    rows.push(row.cells.map((cell) => cell.slice(0, 200)))
    if (rows.length === most) break
  }
  return rows
}
