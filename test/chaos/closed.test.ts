import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { scanners } from './scanners.ts'
import { secretScan } from './secrets.ts'

for (const row of [scanners, secretScan]) test(row.title, () => row.run(inject('database'), 'small', property.seed))
