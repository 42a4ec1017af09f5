import { FILE_KINDS, type FileKind } from './kinds/contract.ts'

const ZIP = '504b03'
const OLD_OFFICE = 'd0cf11e0a1b11ae1'
/** How files of a kind begin, in hex; kinds of plain text are told by having no zero byte and no markup at the head. */
const BEGINS: Readonly<Partial<Record<FileKind, readonly string[]>>> = {
  pdf: ['25504446'],
  docx: [ZIP],
  xlsx: [ZIP],
  pptx: [ZIP],
  zip: [ZIP, '504b0506'],
  doc: [OLD_OFFICE],
  xls: [OLD_OFFICE],
  ppt: [OLD_OFFICE],
  msg: [OLD_OFFICE],
  png: ['89504e470d0a1a0a'],
  jpg: ['ffd8ff'],
  jpeg: ['ffd8ff'],
  gif: ['474946383761', '474946383961'],
  webp: ['52494646'],
}

/** The kind a file's name speaks of; null when it is none that is taken. */
export function kindOf(name: string): FileKind | null {
  const end = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase()
  return FILE_KINDS.find((kind) => kind === end) ?? null
}

/** Whether the first bytes of a file are those of its kind: a page or drawing that calls itself a picture is none. */
export function looksLike(kind: FileKind, head: Buffer): boolean {
  const begins = BEGINS[kind]
  if (begins) return begins.some((mark) => head.toString('hex', 0, 16).startsWith(mark))
  if (kind === 'heic') return head.toString('latin1', 4, 8) === 'ftyp'
  const text = head.toString('latin1', 0, 512).toLowerCase()
  return !/<(svg|html|script|!doctype|\?xml)/.test(text)
}

/** A file's name as it is kept and shown: no path, no control characters, no direction marks, at most 150 characters with its ending. */
export function tidyName(name: string): string {
  const last = name.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what goes
  const plain = last.replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim()
  const dot = plain.lastIndexOf('.')
  const [stem, end] = dot < 0 ? [plain, ''] : [plain.slice(0, dot), plain.slice(dot)]
  return `${[...stem].slice(0, 150 - end.length).join('')}${end}`
}

/** The header that makes a browser save a file under its own name (RFC 6266, RFC 8187). */
export function asAttachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const coded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${coded}`
}
