import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { fullDisk, mountDisk } from './disk.ts'

const trial = mountDisk()
trial?.unmount()

test.skipIf(trial === null)(fullDisk.title, () => fullDisk.run(inject('database'), 'small', property.seed))
