/** Every room's Japanese words, one line each. */

import { measure } from './ja/measure.ts'
import { access } from './ja/access.ts'
import { parts } from './ja/parts.ts'
import { shell } from './ja/shell.ts'

export const ja = {
  shell,
  parts,
  measure,
  access,
} as const
