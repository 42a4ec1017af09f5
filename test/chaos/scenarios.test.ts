import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { killedScenarios } from './scenarios.ts'

test(killedScenarios.title, () => killedScenarios.run(inject('database'), 'small', property.seed))
