import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { embeddedKilled, killedIngest } from './ingest.ts'

test(killedIngest.title, () => killedIngest.run(inject('database'), 'small', property.seed))
test(embeddedKilled.title, () => embeddedKilled.run(inject('database'), 'small', property.seed))
