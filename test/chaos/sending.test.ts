import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { scriptedFaults } from './faults.ts'
import { inspectedLetters } from './letters.ts'
import { meddled } from './meddling.ts'
import { largeNewsletter } from './million.ts'
import { pushedBack } from './pushback.ts'
import { killedAnswers } from './resending.ts'
import { restartedDatabase } from './restarts.ts'
import { killedSending, oneRefused, stoppedWorker, stopRace } from './sending.ts'

for (const row of [
  killedAnswers,
  scriptedFaults,
  restartedDatabase,
  meddled,
  pushedBack,
  largeNewsletter,
  inspectedLetters,
  killedSending,
  stoppedWorker,
  oneRefused,
  stopRace,
])
  test(row.title, () => row.run(inject('database'), 'small', property.seed))
