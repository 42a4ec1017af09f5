// Workbooks (.xlsx) written part by part, so that a test can put into them what no program would.
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

/** The parts of a workbook: of each sheet its rows as XML, by the sheet's name. */
export function bookOf(
  sheets: Record<string, string>,
  more: { strings?: string; styles?: string; date1904?: boolean } = {},
): Record<string, string> {
  const listed = Object.keys(sheets).map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
  const related = Object.keys(sheets).map((_, i) => `<Relationship Id="rId${i + 1}" Target="worksheets/sheet${i + 1}.xml"/>`)
  return {
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns:r="r"><workbookPr date1904="${more.date1904 ? 1 : 0}"/><sheets>${listed.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${related.join('')}</Relationships>`,
    ...(more.styles ? { 'xl/styles.xml': more.styles } : {}),
    ...(more.strings ? { 'xl/sharedStrings.xml': more.strings } : {}),
    ...Object.fromEntries(
      Object.values(sheets).map((rows, i) => [`xl/worksheets/sheet${i + 1}.xml`, `<worksheet><sheetData>${rows}</sheetData></worksheet>`]),
    ),
  }
}

/** A cell with its text in it. */
export const textCell = (at: string, value: string): string => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`

/** The file such parts make. */
export function bytesOf(parts: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return buffer(zip.outputStream)
}
