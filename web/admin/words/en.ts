/** Every room's English words, one line each. */

import { measure } from './en/measure.ts'
import { access } from './en/access.ts'
import { parts } from './en/parts.ts'
import { shell } from './en/shell.ts'
import type { ja } from './ja.ts'
import type { Same } from './same.ts'

export const en: Same<typeof ja> = {
  shell,
  parts,
  measure,
  access,
}
