import { expect, test } from 'vitest'
import { tellAt, withTold } from './decide.ts'
import type { TaskRow } from './tables.ts'

const now = new Date('2026-04-08T01:00:00Z')
const later = new Date('2026-04-09T00:00:00Z')
const task: TaskRow = {
  bucket: 1,
  person_id: 'p',
  id: 't',
  title: '見積を送る',
  body: null,
  due_at: null,
  assignee_id: 'u',
  created_at: now,
  created_by: '営業',
  done_at: null,
  done_by: null,
  told_at: null,
  results: [],
  result: null,
  removed_at: null,
  origin_person_id: null,
}

test('CRM-14 a task put off is told again at its new time, a done or removed one is not', () => {
  const due = withTold(task, { dueAt: later.toISOString() }, '営業', now)
  expect(tellAt(due)).toEqual(later)
  const told = { ...due, told_at: later }
  expect(tellAt(told)).toBeNull()
  const snoozed = withTold(told, { dueAt: '2026-04-10T00:00:00Z' }, '営業', now)
  expect(tellAt(snoozed)).toEqual(new Date('2026-04-10T00:00:00Z'))
  expect(tellAt(withTold(due, { done: true }, '営業', now))).toBeNull()
  expect(tellAt({ ...due, removed_at: now })).toBeNull()
})

test('CRM-14 a tick remembers who and when; opening it again forgets both', () => {
  const done = withTold(task, { done: true }, '営業', now)
  expect(done).toMatchObject({ done_at: now, done_by: '営業' })
  expect(withTold(done, { done: true }, '別の人', later)).toMatchObject({ done_at: now, done_by: '営業' })
  expect(withTold(done, { done: false }, '営業', later)).toMatchObject({ done_at: null, done_by: null, told_at: null })
})

test('CRM-14 what is overdue already when it is put in needs no telling', () => {
  expect(tellAt(withTold(task, { dueAt: '2026-04-01T00:00:00Z' }, '営業', now))).toBeNull()
})
