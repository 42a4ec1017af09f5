import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { killedImport } from './import.ts'

test(killedImport.title, () => killedImport.run(inject('database'), 'small', property.seed))
