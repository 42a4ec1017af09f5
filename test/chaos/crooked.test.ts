import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { clocks, monstrous, repeated } from './crooked.ts'

for (const row of [repeated, clocks, monstrous]) test(row.title, () => row.run(inject('database'), 'small', property.seed))
