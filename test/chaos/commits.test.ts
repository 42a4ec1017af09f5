import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { lostCommits } from './commits.ts'

test(lostCommits.title, () => lostCommits.run(inject('database'), 'small', property.seed))
