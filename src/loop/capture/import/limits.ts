// What a file may be at most; larger ones are refused in seconds, whatever they unpack to.

export const LARGEST_FILE = 200 * 1024 * 1024
/** Of one row of text, and so of one cell. */
export const LARGEST_ROW = 1024 * 1024
export const MOST_COLUMNS = 500
export const MOST_ROWS = 1_000_000
/** Of a workbook, unpacked. */
export const LARGEST_UNPACKED = 2 * 1024 * 1024 * 1024
/** How much larger than packed a part above 16 MB may be: sheets are 10 to 50 times. */
export const LARGEST_RATIO = 150
export const MOST_STRINGS = 2_000_000
export const MOST_STRING_LETTERS = 48 * 1024 * 1024
export const MOST_CELLS = 30_000_000

/** How long an import can be taken back, and what stood in the rows that it did not take is kept. */
export const UNDO_DAYS = 30

export interface FileRow {
  /** The line the row begins at, counted from 1, the header included. */
  readonly line: number
  readonly cells: string[]
}

/** The file is at fault, not we: the import ends with this sentence. */
export class FileFault extends Error {}
