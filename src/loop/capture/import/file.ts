// The uploaded file, and the rows read out of it. An upload is read once, whatever it is written in; all that comes after goes page by page
// through the rows it left behind, from where it stopped.
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { openCsv } from './csv.ts'
import { type Encoding, guessDelimiter, newEvidence, openDecoder, verdict, weigh } from './encoding.ts'
import { FileFault, type FileRow, LARGEST_FILE, MOST_COLUMNS, MOST_ROWS } from './limits.ts'

/** How a file is read. `workbook`: an .xlsx file, of which one sheet is read. */
export interface Recipe {
  readonly encoding: Encoding | 'workbook'
  readonly delimiter: string
  readonly sheet: number
}

const folder = (house: House): string => join(house.dataDir, 'imports')
/** Where the file of an import lies; owned by the product, removed when the import is over. */
export const pathOf = (house: House, id: string): string => join(folder(house), `${id}.csv`)
const rowsPath = (house: House, id: string, recipe: Recipe): string =>
  join(folder(house), `${id}.${recipe.encoding}-${recipe.delimiter.charCodeAt(0)}-${recipe.sheet}.rows`)

/** Stores an upload. @returns its size, or null when it is too large (nothing stays) */
export async function storeUpload(house: House, id: string, stream: AsyncIterable<Buffer>): Promise<number | null> {
  await mkdir(folder(house), { recursive: true, mode: 0o700 })
  const file = await open(pathOf(house, id), 'w', 0o600)
  let bytes = 0
  try {
    for await (const chunk of stream) {
      bytes += chunk.length
      if (bytes > LARGEST_FILE) break
      await file.appendFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (bytes <= LARGEST_FILE) return bytes
  await removeFile(house, id)
  return null
}

/** Removes the file and the rows read from it. */
export async function removeFile(house: House, id: string): Promise<void> {
  const names = await readdir(folder(house)).catch(() => [])
  for (const name of names) if (name.startsWith(`${id}.`)) await rm(join(folder(house), name), { force: true })
}

/** The imports of which anything lies here. */
export async function listFiles(house: House): Promise<string[]> {
  const names = await readdir(folder(house)).catch(() => [])
  return [...new Set(names.map((name) => name.slice(0, name.indexOf('.'))))].filter((id) => UUID.test(id))
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface Sniffed extends Recipe {
  readonly sheets: readonly string[]
  readonly bytesPerRow: number
}

const PIECE = 256 * 1024

/** What the file is: a workbook, or text in the encoding and with the delimiter that its bytes speak for. @throws Refusal, FileFault */
export async function sniff(house: House, id: string): Promise<Sniffed> {
  const head = await headOf(house, id)
  if (head.toString('hex', 0, 4) === '504b0304') return sniffWorkbook(house, id)
  if (isBinary(head)) refuse('unsupported', 'import.noText', { message: NO_TEXT, field: 'file' })
  const evidence = newEvidence()
  for await (const piece of createReadStream(pathOf(house, id), { highWaterMark: PIECE })) weigh(evidence, piece as Buffer)
  const encoding = verdict(evidence)
  const decoder = openDecoder(encoding)
  const text = decoder.push(evidence.head) + (evidence.head.length < 60_000 ? decoder.end() : '')
  const lines = text.split(/\r\n|\r|\n/)
  return {
    encoding,
    delimiter: guessDelimiter(lines[0] ?? ''),
    sheet: 0,
    sheets: [],
    bytesPerRow: Math.max(2, evidence.head.length / Math.max(1, lines.length - 1)),
  }
}

const NO_TEXT =
  'CSVでもExcel（.xlsx）でもありません。Excelで「CSV UTF-8」または「Excelブック」として保存してください / This is neither CSV nor .xlsx. In Excel, save it as “CSV UTF-8” or as a workbook.'

/** Readers of archives and XML are loaded with the first workbook. */
async function workbookOf(house: House, id: string) {
  const { openWorkbook } = await import('./xlsx.ts')
  return openWorkbook(pathOf(house, id))
}

async function sniffWorkbook(house: House, id: string): Promise<Sniffed> {
  const book = await workbookOf(house, id)
  book.close()
  if (!book.sheets.length) throw new FileFault('シートがありません / There is no sheet')
  const { size } = await stat(pathOf(house, id))
  return { encoding: 'workbook', delimiter: ',', sheet: 0, sheets: book.sheets, bytesPerRow: Math.max(30, size / MOST_ROWS) }
}

async function headOf(house: House, id: string): Promise<Buffer> {
  const file = await open(pathOf(house, id), 'r')
  const { bytesRead, buffer } = await file.read(Buffer.alloc(64), 0, 64, 0).finally(() => file.close())
  return buffer.subarray(0, bytesRead)
}

/** An old workbook or one with a password (D0CF), a compressed file or a PDF, or bytes that no text begins with. UTF-16 alone may hold zeros. */
function isBinary(head: Buffer): boolean {
  const begins = head.toString('hex', 0, 4)
  return ['d0cf11e0', '1f8b', '25504446', '0000'].some((mark) => begins.startsWith(mark))
}

/** The rows as the file has them, header first. @throws FileFault with the line where it cannot be read on */
export async function* readSource(house: House, id: string, recipe: Recipe): AsyncGenerator<FileRow> {
  if (recipe.encoding === 'workbook') {
    const book = await workbookOf(house, id)
    try {
      yield* book.rows(recipe.sheet)
    } finally {
      book.close()
    }
    return
  }
  const decoder = openDecoder(recipe.encoding)
  const parser = openCsv(recipe.delimiter)
  for await (const piece of createReadStream(pathOf(house, id), { highWaterMark: PIECE })) yield* parser.push(decoder.push(piece as Buffer))
  yield* parser.push(decoder.end())
  yield* parser.end()
}

/** The first rows, for a preview. */
export async function firstRows(house: House, id: string, recipe: Recipe, most: number): Promise<string[][]> {
  const rows: string[][] = []
  for await (const row of readSource(house, id, recipe)) {
    if (rows.length === 0) checkHeader(row.cells)
    rows.push(row.cells.map((cell) => cell.slice(0, 200)))
    if (rows.length === most) break
  }
  return rows
}

function checkHeader(cells: readonly string[]): void {
  if (cells.length > MOST_COLUMNS)
    throw new FileFault(`列が多すぎます（${cells.length}列。${MOST_COLUMNS}列まで） / ${cells.length} columns: ${MOST_COLUMNS} at most`)
}

/** A row as it was read out of the file; `fault` says why it cannot be taken, whatever it is mapped to. */
export interface ReadOut extends FileRow {
  readonly fault?: string
}

/**
 * Reads the whole file once and keeps its rows, one to a line, so that work goes on at any of them without reading the file again.
 * Killed in the middle, it begins anew. @returns how many rows there are, the header apart
 */
export async function readOut(house: House, id: string, recipe: Recipe, told: (rows: number) => Promise<void>): Promise<number> {
  const path = rowsPath(house, id, recipe)
  // Two workers may read one file at once: each writes its own, and either result is good.
  const part = `${path}.${process.pid}-${++parts}.part`
  const file = await open(part, 'w', 0o600)
  let [rows, columns] = [-1, 0]
  let pending: string[] = []
  let size = 0
  try {
    for await (const row of readSource(house, id, recipe)) {
      if (rows === -1) {
        checkHeader(row.cells)
        columns = row.cells.length
      }
      rows++
      if (rows > MOST_ROWS)
        throw new FileFault('1,000,000行を超えています。ファイルを分けてください / More than 1,000,000 rows: split the file')
      const line = asLine(row, columns)
      pending.push(line)
      size += line.length
      if (size < PIECE) continue
      await file.appendFile(`${pending.join('\n')}\n`)
      pending = []
      size = 0
      await told(rows)
    }
    if (pending.length) await file.appendFile(`${pending.join('\n')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
  return Math.max(0, rows)
}

let parts = 0

function asLine(row: FileRow, columns: number): string {
  const { cells } = row
  let length = cells.length
  while (length > columns && (cells[length - 1] ?? '').trim() === '') length--
  if (length <= columns) return JSON.stringify([row.line, length === cells.length ? cells : cells.slice(0, length)])
  return JSON.stringify([
    row.line,
    cells.slice(0, MOST_COLUMNS),
    '見出しより列が多い行です（区切りや引用符を確認） / More cells than the header has: check delimiter and quotes',
  ])
}

/** Was the file read out by this recipe? */
export const isReadOut = (house: House, id: string, recipe: Recipe): Promise<boolean> =>
  stat(rowsPath(house, id, recipe)).then(
    () => true,
    () => false,
  )

export interface Page {
  readonly rows: ReadOut[]
  /** Where the next page begins. */
  readonly mark: number
}

/** Pages of the rows that were read out, from a mark on (0: the first row after the header). */
export async function* readPages(house: House, id: string, recipe: Recipe, mark: number, most: number): AsyncGenerator<Page> {
  let rest: Buffer = Buffer.alloc(0)
  let at = mark
  let skip = mark === 0
  let rows: ReadOut[] = []
  for await (const piece of createReadStream(rowsPath(house, id, recipe), { start: mark, highWaterMark: PIECE })) {
    const bytes = rest.length ? Buffer.concat([rest, piece as Buffer]) : (piece as Buffer)
    let from = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      if (skip) skip = false
      else rows.push(parsed(bytes.toString('utf8', from, end)))
      at += end + 1 - from
      from = end + 1
      if (rows.length < most) continue
      yield { rows, mark: at }
      rows = []
    }
    rest = bytes.subarray(from)
  }
  if (rows.length) yield { rows, mark: at }
}

function parsed(line: string): ReadOut {
  const [number, cells, fault] = JSON.parse(line) as [number, string[], string?]
  return fault === undefined ? { line: number, cells } : { line: number, cells, fault }
}
