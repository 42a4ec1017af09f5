import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { killedMigrations } from './migrations.ts'

test(killedMigrations.title, () => killedMigrations.run(inject('database'), 'small', property.seed), 180_000)
