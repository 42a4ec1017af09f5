import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { killedSending, oneRefused, stoppedWorker, stopRace } from './sending.ts'

for (const row of [killedSending, stoppedWorker, oneRefused, stopRace])
  test(row.title, () => row.run(inject('database'), 'small', property.seed))
