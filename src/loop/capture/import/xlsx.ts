// Reads the sheets of a workbook as a stream: what is packed into 42 kB may unpack to gigabytes, so everything is counted on the way.
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import {
  FileFault,
  type FileRow,
  LARGEST_RATIO,
  LARGEST_ROW,
  LARGEST_UNPACKED,
  MOST_CELLS,
  MOST_COLUMNS,
  MOST_STRING_LETTERS,
  MOST_STRINGS,
} from './limits.ts'
import { columnOf, type Format, formatOf, shownNumber } from './sheet.ts'

export interface Workbook {
  /** Names of the sheets, in their order. */
  readonly sheets: readonly string[]
  /** The rows of a sheet that hold anything, with the numbers they have in the sheet. */
  rows(sheet: number): AsyncGenerator<FileRow>
  close(): void
}

const damaged = (): FileFault =>
  new FileFault(
    'Excelファイルとして読めません。「CSV UTF-8」で保存してお試しください / This workbook cannot be read. Save it as “CSV UTF-8” and try again',
  )
const tooLarge = (): FileFault =>
  new FileFault(
    'Excelファイルを展開すると大きすぎます。「CSV UTF-8」で保存してください / Unpacked, this workbook is too large. Save it as “CSV UTF-8”',
  )

/** Opens a workbook. @throws FileFault when it is none, or unpacks to more than we take */
export async function openWorkbook(path: string): Promise<Workbook> {
  const zip = await open(path)
  try {
    const parts = await listParts(zip)
    const book = await readBook(zip, parts)
    const formats = await readStyles(zip, parts.get('xl/styles.xml'))
    let strings: readonly string[] | undefined
    return {
      sheets: book.sheets.map((sheet) => sheet.name),
      close: () => zip.close(),
      rows: async function* (index) {
        const entry = parts.get(book.sheets[index]?.part ?? '')
        if (!entry) throw damaged()
        strings ??= await readStrings(zip, parts.get('xl/sharedStrings.xml'))
        yield* readSheet(zip, entry, { strings, formats, from1904: book.from1904 })
      },
    }
  } catch (error) {
    zip.close()
    throw error instanceof FileFault ? error : damaged()
  }
}

function open(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) =>
      error || !zip ? reject(damaged()) : resolve(zip),
    )
  })
}

function listParts(zip: ZipFile): Promise<Map<string, Entry>> {
  const parts = new Map<string, Entry>()
  let unpacked = 0
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      unpacked += entry.uncompressedSize
      const swollen = entry.uncompressedSize > 16 * 1024 * 1024 && entry.uncompressedSize > entry.compressedSize * LARGEST_RATIO
      if (unpacked > LARGEST_UNPACKED || swollen || parts.size > 2_000) {
        reject(tooLarge())
        return
      }
      parts.set(entry.fileName, entry)
      zip.readEntry()
    })
    zip.on('end', () => resolve(parts))
    zip.on('error', () => reject(damaged()))
    zip.readEntry()
  })
}

type OnTag = (name: string, tag: SaxesTagPlain) => void
interface Reader {
  readonly open?: OnTag
  readonly close?: (name: string) => void
  readonly text?: (text: string) => void
}

const local = (name: string): string => (name.includes(':') ? name.slice(name.indexOf(':') + 1) : name)
const attribute = (tag: SaxesTagPlain, name: string): string | undefined => {
  const value = tag.attributes[name]
  return typeof value === 'string' ? value : undefined
}

/** Feeds a part to a reader, piece by piece; what was read so far can be taken between the pieces. */
async function* pieces(zip: ZipFile, entry: Entry, reader: Reader): AsyncGenerator<void> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, found) => (error || !found ? reject(damaged()) : resolve(found)))
  })
  const parser = new SaxesParser()
  parser.on('error', () => {
    throw damaged()
  })
  parser.on('doctype', () => {
    throw damaged() // no workbook has one; a bomb of entities would
  })
  if (reader.open) parser.on('opentag', (tag) => reader.open?.(local(tag.name), tag as SaxesTagPlain))
  parser.on('closetag', (tag) => reader.close?.(local(tag.name)))
  parser.on('text', (text) => reader.text?.(text))
  const decoder = new TextDecoder()
  for await (const piece of stream) {
    parser.write(decoder.decode(piece as unknown as Buffer, { stream: true }))
    yield
  }
  parser.close()
}

async function drain(zip: ZipFile, entry: Entry | undefined, reader: Reader): Promise<void> {
  if (entry) for await (const _ of pieces(zip, entry, reader));
}

interface Book {
  readonly sheets: { name: string; part: string }[]
  readonly from1904: boolean
}

async function readBook(zip: ZipFile, parts: ReadonlyMap<string, Entry>): Promise<Book> {
  const found: { name: string; rel: string }[] = []
  const targets = new Map<string, string>()
  let from1904 = false
  if (!parts.has('xl/workbook.xml')) throw damaged()
  await drain(zip, parts.get('xl/workbook.xml'), {
    open: (name, tag) => {
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attribute(tag, 'date1904') ?? '')
      if (name === 'sheet') found.push({ name: attribute(tag, 'name') ?? '', rel: attribute(tag, 'r:id') ?? '' })
    },
  })
  await drain(zip, parts.get('xl/_rels/workbook.xml.rels'), {
    open: (name, tag) => {
      if (name === 'Relationship') targets.set(attribute(tag, 'Id') ?? '', attribute(tag, 'Target') ?? '')
    },
  })
  const partOf = (target: string): string => (target.startsWith('/') ? target.slice(1) : `xl/${target}`)
  const sheets = found.map((sheet, i) => ({
    name: sheet.name.slice(0, 100),
    part: partOf(targets.get(sheet.rel) ?? `worksheets/sheet${i + 1}.xml`),
  }))
  return { sheets: sheets.filter((sheet) => parts.has(sheet.part)), from1904 }
}

/** The number format of each cell style. */
async function readStyles(zip: ZipFile, entry: Entry | undefined): Promise<Format[]> {
  const codes = new Map<number, string>()
  const formats: Format[] = []
  let inCells = false
  await drain(zip, entry, {
    open: (name, tag) => {
      if (name === 'numFmt') codes.set(Number(attribute(tag, 'numFmtId')), attribute(tag, 'formatCode') ?? '')
      if (name === 'cellXfs') inCells = true
      if (name === 'xf' && inCells) {
        const id = Number(attribute(tag, 'numFmtId') ?? 0)
        formats.push(formatOf(id, codes.get(id)))
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false
    },
  })
  return formats
}

/** The strings that cells point at. Readings over kanji (furigana) are no part of them. */
async function readStrings(zip: ZipFile, entry: Entry | undefined): Promise<string[]> {
  const strings: string[] = []
  let letters = 0
  let text: string | null = null
  let reading = 0
  let inText = false
  await drain(zip, entry, {
    open: (name) => {
      if (name === 'si') text = ''
      if (name === 'rPh') reading++
      inText = name === 't'
    },
    text: (piece) => {
      if (!inText || reading || text === null) return
      text += piece
      letters += piece.length
      if (letters > MOST_STRING_LETTERS) throw tooLarge()
    },
    close: (name) => {
      inText = false
      if (name === 'rPh') reading--
      if (name !== 'si') return
      strings.push(text ?? '')
      text = null
      if (strings.length > MOST_STRINGS) throw tooLarge()
    },
  })
  return strings
}

interface Known {
  readonly strings: readonly string[]
  readonly formats: readonly Format[]
  readonly from1904: boolean
}

async function* readSheet(zip: ZipFile, entry: Entry, known: Known): AsyncGenerator<FileRow> {
  const rows: FileRow[] = []
  for await (const _ of pieces(zip, entry, sheetReader(known, rows))) yield* rows.splice(0)
  yield* rows.splice(0)
}

/** Collects the rows of a sheet into `rows`. */
function sheetReader(known: Known, rows: FileRow[]): Reader {
  let row: { line: number; cells: string[] } | null = null
  let cell = { column: 0, type: '', format: undefined as Format | undefined, text: '' }
  let line = 0
  let count = 0
  let inValue = false
  let reading = 0
  const take = (): void => {
    const value = cellValue(cell.type, cell.text, cell.format, known)
    if (!row || value === '') return
    if (cell.column >= MOST_COLUMNS) throw new FileFault(`列が多すぎます（${MOST_COLUMNS}列まで） / More than ${MOST_COLUMNS} columns`)
    if (value.length > LARGEST_ROW || ++count > MOST_CELLS) throw tooLarge()
    while (row.cells.length < cell.column) row.cells.push('')
    row.cells[cell.column] = value
  }
  return {
    open: (name, tag) => {
      if (name === 'row') {
        line = Number(attribute(tag, 'r')) || line + 1
        row = { line, cells: [] }
        cell = { column: -1, type: '', format: undefined, text: '' }
      } else if (name === 'c') {
        const at = attribute(tag, 'r')
        const format = known.formats[Number(attribute(tag, 's') ?? -1)]
        cell = { column: at ? columnOf(at) : cell.column + 1, type: attribute(tag, 't') ?? 'n', format, text: '' }
      } else if (name === 'rPh') reading++
      inValue = name === 'v' || name === 't'
    },
    text: (piece) => {
      if (!inValue || reading) return
      cell.text += piece
      if (cell.text.length > LARGEST_ROW) throw tooLarge()
    },
    close: (name) => {
      inValue = false
      if (name === 'rPh') reading--
      if (name === 'c') take()
      if (name === 'row' && row) {
        if (row.cells.some((text) => text.trim() !== '')) rows.push(row)
        row = null
      }
    },
  }
}

function cellValue(type: string, text: string, format: Format | undefined, known: Known): string {
  if (type === 's') return known.strings[Number(text)] ?? ''
  if (type === 'b') return text === '1' ? 'true' : text === '' ? '' : 'false'
  if (type === 'e') return '' // #N/A and its like say nothing
  if (type === 'n' || type === '') return shownNumber(text, format, known.from1904)
  return text
}
