import { afterAll, beforeAll, expect, test } from 'vitest'
import { readMigrations } from '#kernel/db/migrate.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const ID = '01a1bb61-9332-7382-b7b1-6a0a0f21aac1'

test('GEN-12 GEN-04 lines of before lose their words about people, and keep what was set for a whole room', async () => {
  const { pool } = db.house
  const lines: [string, object, object][] = [
    [
      'activities.add',
      { leadIds: [ID], kind: 'call', body: '田中さんと電話', keep: true, at: null },
      { leadIds: [ID], kind: '…', body: '…', keep: true },
    ],
    ['handoffs.make', { leadId: ID, reason: '田中さんを渡す' }, { leadId: ID, reason: '…' }],
    ['handoffs.saveSettings', { hours: 48 }, { hours: 48 }],
    ['privacy.setRetention', { key: 'journal', value: 400 }, { key: 'journal', value: 400 }],
    ['segments.create', { name: '東京' }, { name: '東京' }],
  ]
  for (const [action, detail] of lines)
    await pool.query(
      `INSERT INTO audit (id, at, actor_kind, actor_name, action, subject_kind, detail) VALUES (gen_random_uuid(), now(), 'user', 'x', $1, split_part($1, '.', 1), $2)`,
      [action, detail],
    )
  const migration = (await readMigrations()).find(({ name }) => name === 'audit_veiled')
  await pool.query(migration?.text ?? '')
  const { rows } = await pool.query<{ action: string; detail: object }>('SELECT action, detail FROM audit ORDER BY action')
  expect(rows).toEqual(lines.map(([action, , detail]) => ({ action, detail })))
})
