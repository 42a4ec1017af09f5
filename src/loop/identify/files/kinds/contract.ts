// Which files are kept. Without schemas, so that screens load little.
/** The largest file that may be put beside a lead. */
export const LARGEST_FILE = 20 * 1024 * 1024
/** Most files beside one lead. */
export const MOST_FILES = 200
/** The kinds of files that are taken. None of them runs in a browser: no HTML, no SVG, no scripts. */
export const FILE_KINDS = [
  'pdf',
  'docx',
  'xlsx',
  'pptx',
  'doc',
  'xls',
  'ppt',
  'txt',
  'csv',
  'md',
  'eml',
  'msg',
  'png',
  'jpg',
  'jpeg',
  'gif',
  'webp',
  'heic',
  'zip',
] as const
export type FileKind = (typeof FILE_KINDS)[number]
