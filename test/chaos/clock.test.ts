import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { jumpingClocks } from './clock.ts'

test(jumpingClocks.title, () => jumpingClocks.run(inject('database'), 'small', property.seed))
