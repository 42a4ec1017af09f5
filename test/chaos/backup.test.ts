import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { restoredElsewhere, restoredMidMailing } from './backup.ts'

for (const row of [restoredElsewhere, restoredMidMailing]) test(row.title, () => row.run(inject('database'), 'small', property.seed))
