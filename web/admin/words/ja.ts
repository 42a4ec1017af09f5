/** Every room's Japanese words, one line each. */

import { access } from './ja/access.ts'
import { sales } from './ja/sales.ts'
import { deliver } from './ja/deliver.ts'
import { measure } from './ja/measure.ts'
import { orchestrate } from './ja/orchestrate.ts'
import { parts } from './ja/parts.ts'
import { score } from './ja/score.ts'
import { segment } from './ja/segment.ts'
import { shell } from './ja/shell.ts'
import { track } from './ja/track.ts'

export const ja = {
  shell,
  parts,
  deliver,
  measure,
  orchestrate,
  access,
  sales,
  score,
  segment,
  track,
} as const
