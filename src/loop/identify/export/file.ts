// A list as bytes: rows come from a cursor in one snapshot, a portion at a time, and go out as soon as they are encoded.
import { once } from 'node:events'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { companyProfile } from '#access/company/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { ExportAsk, Loss } from './contract.ts'
import { csvLine, formatterOf, inCp932, sheetRow } from './decide.ts'
import { fetchRows, openRows, PORTION } from './queries.ts'
import type { Cell, ExportColumn, ExportSource } from './source.ts'

const MOST_LOSSES = 500
const MARK = Buffer.from([0xef, 0xbb, 0xbf])
/** Excel's limit, less the head. */
const MOST_ROWS = 1_048_575

export interface Written {
  rows: number
  lost: number
  readonly losses: Loss[]
}

export interface Asked extends Pick<ExportAsk, 'format' | 'language' | 'filter'> {
  readonly source: ExportSource
  readonly columns: readonly ExportColumn[]
}

/**
 * Writes a whole list. Memory does not grow with it.
 * @param told called after each portion; false stops
 */
export async function writeFile(
  ctx: Ctx,
  asked: Asked,
  to: Writable,
  told: (rows: number) => Promise<boolean> = async () => true,
): Promise<Written> {
  const written: Written = { rows: 0, lost: 0, losses: [] }
  const zone = (await companyProfile(ctx)).timeZone
  await openRows(ctx.db, await asked.source.rows(ctx, asked.filter))
  const portions = readPortions(ctx, asked, written, told)
  const formatted = formatterOf(zone)
  if (asked.format === 'xlsx') await writeSheets(asked, portions, formatted, to)
  else await pipeline(Readable.from(csvBytes(asked, portions, formatted, written)), to)
  return written
}

/** The file was cancelled while it was written. */
export class Stopped extends Error {}

async function* readPortions(ctx: Ctx, asked: Asked, written: Written, told: (rows: number) => Promise<boolean>): AsyncGenerator<Cell[][]> {
  const about = { columns: asked.columns.map((column) => column.key), language: asked.language }
  for (;;) {
    const rows = await fetchRows(ctx.db)
    if (!rows.length) return
    yield await asked.source.cells(ctx, rows, about)
    written.rows += rows.length
    if (!(await told(written.rows))) throw new Stopped('cancelled')
    if (rows.length < PORTION) return
  }
}

const headOf = (asked: Asked): string[] => asked.columns.map((column) => column[asked.language])

async function* csvBytes(
  asked: Asked,
  portions: AsyncIterable<Cell[][]>,
  formatted: (at: Date) => string,
  written: Written,
): AsyncGenerator<Buffer> {
  const isOld = asked.format === 'csv_cp932'
  if (asked.format === 'csv') yield MARK
  const head = csvLine(headOf(asked), formatted)
  yield isOld ? inCp932(head).bytes : Buffer.from(head)
  let line = 1
  for await (const rows of portions) {
    if (isOld) yield Buffer.concat(rows.map((cells) => oldLine(asked, cells, ++line, formatted, written)))
    else yield Buffer.from(rows.map((cells) => csvLine(cells, formatted)).join(''))
  }
}

/** A line in CP932; the whole line first, and only where something is lost cell by cell, to say where. */
function oldLine(asked: Asked, cells: readonly Cell[], row: number, formatted: (at: Date) => string, written: Written): Buffer {
  const { bytes, lost } = inCp932(csvLine(cells, formatted))
  if (lost === '') return bytes
  for (const [i, cell] of cells.entries()) {
    const letters = typeof cell === 'string' ? inCp932(cell).lost : ''
    if (letters === '') continue
    written.lost += Array.from(letters).length
    if (written.losses.length < MOST_LOSSES) written.losses.push({ row, column: asked.columns[i]?.[asked.language] ?? '', letters })
  }
  return bytes
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

async function writeSheets(asked: Asked, portions: AsyncGenerator<Cell[][]>, formatted: (at: Date) => string, to: Writable): Promise<void> {
  const { default: yazl } = await import('yazl') // only workbooks need it
  const zip = new yazl.ZipFile()
  const out = pipeline(zip.outputStream, to)
  const state = { rest: [] as Cell[][], isEnd: false }
  let sheets = 0
  try {
    while (!state.isEnd || state.rest.length || sheets === 0) {
      const sheet = Readable.from(sheetXml(asked, portions, state, formatted))
      zip.addReadStream(sheet, `xl/worksheets/sheet${++sheets}.xml`, { compressionLevel: 3 })
      await Promise.race([once(sheet, 'end'), out])
    }
  } catch (error) {
    zip.outputStream.unpipe(to)
    to.destroy(error as Error)
    await out.catch(() => undefined)
    throw error
  }
  for (const [path, text] of partsOf(sheets, asked.source[asked.language])) zip.addBuffer(Buffer.from(XML + text), path)
  zip.end()
  await out
}

async function* sheetXml(
  asked: Asked,
  portions: AsyncGenerator<Cell[][]>,
  state: { rest: Cell[][]; isEnd: boolean },
  formatted: (at: Date) => string,
): AsyncGenerator<string> {
  const pane =
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
  yield `${XML}<worksheet xmlns="${MAIN}">${pane}<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="${asked.columns.length}" width="18" customWidth="1"/></cols><sheetData>`
  yield sheetRow(1, headOf(asked), formatted)
  let n = 1
  while (n <= MOST_ROWS) {
    if (!state.rest.length) {
      const next = await portions.next()
      if (next.done) {
        state.isEnd = true
        break
      }
      state.rest = next.value
    }
    const rows = state.rest.splice(0, MOST_ROWS + 1 - n)
    yield rows.map((cells) => sheetRow(++n, cells, formatted)).join('')
  }
  yield '</sheetData></worksheet>'
}

/** What makes sheets a workbook. */
function partsOf(sheets: number, title: string): [path: string, text: string][] {
  const all = Array.from({ length: sheets }, (_, i) => i + 1)
  const name = title.replace(/[[\]\\/:*?&<>"']/g, ' ').slice(0, 25)
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  return [
    [
      '[Content_Types].xml',
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>${all.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${type}.worksheet+xml"/>`).join('')}</Types>`,
    ],
    [
      '_rels/.rels',
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${RELS}"><sheets>${all.map((n) => `<sheet name="${name}${n > 1 ? ` ${n}` : ''}" sheetId="${n}" r:id="r${n}"/>`).join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="${PACKAGE}/relationships">${all.map((n) => `<Relationship Id="r${n}" Type="${RELS}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}</Relationships>`,
    ],
  ]
}
