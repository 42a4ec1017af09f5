import { inject, test } from 'vitest'
import '../database.setup.ts'
import { property } from '../world.ts'
import { comeUpAgain } from './overdue.ts'

test('N4 after three days of stillness overdue steps go on once and in due order, across scenarios too, and mails leave no faster than is allowed', async () => {
  await comeUpAgain(inject('database'), 'small', property.seed)
})
