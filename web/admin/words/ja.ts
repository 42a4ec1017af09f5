/** Every room's Japanese words, one line each. */

import { access } from './ja/access.ts'
import { deliver } from './ja/deliver.ts'
import { measure } from './ja/measure.ts'
import { parts } from './ja/parts.ts'
import { shell } from './ja/shell.ts'
import { track } from './ja/track.ts'

export const ja = {
  shell,
  parts,
  deliver,
  measure,
  access,
  track,
} as const
