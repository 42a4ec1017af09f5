import { expect, test } from 'vitest'
import { bucketOf } from '#kernel/db/buckets.ts'
import { heardOf, mayEnter, newRun, rowOf, runOf } from './decide.ts'

const at = (iso: string): Date => new Date(iso)
const now = at('2026-11-22T00:00:00Z')
const start = { personId: '01890000-0000-7000-8000-0000000000ab', scenarioId: 's', version: 2, triggerId: 't', causeId: 'c', hop: 1 }

test('once, every so many days, or each time: by when somebody entered last', () => {
  const last = at('2026-11-15T00:00:00Z')
  expect(mayEnter({ kind: 'once' }, undefined, now)).toBe(true)
  expect(mayEnter({ kind: 'once' }, last, now)).toBe(false)
  expect(mayEnter({ kind: 'every', days: 7 }, last, now)).toBe(true)
  expect(mayEnter({ kind: 'every', days: 8 }, last, now)).toBe(false)
  expect(mayEnter({ kind: 'each' }, now, now)).toBe(true)
})

test('the same cause starts the same run, another cause another', () => {
  expect(newRun(start, now).id).toBe(newRun(start, at('2027-01-01T00:00:00Z')).id)
  expect(newRun({ ...start, causeId: 'd' }, now).id).not.toBe(newRun(start, now).id)
  expect(newRun(start, now).bucket).toBe(bucketOf(start.personId))
})

test('a row and the engine’s run are the same thing; the instant of the end is kept', () => {
  const row = newRun(start, now)
  const ended = rowOf(row, { ...runOf(row), ended: 'goal', steps: 3 }, now)
  expect(ended).toMatchObject({ how: 'goal', ended_at: now, steps: 3 })
  expect(rowOf(ended, runOf(ended), at('2027-01-01T00:00:00Z')).ended_at).toEqual(now)
})

test('what the edit of a rule changed is history to a run', () => {
  const news = {
    bucket: 0,
    seq: 1,
    personId: 'p',
    eventId: 'e',
    name: 'segment.entered',
    occurredAt: now,
    receivedAt: now,
    historic: false,
    hop: 0,
    pageGroup: null,
    props: {},
  }
  expect(heardOf(news).historic).toBe(false)
  expect(heardOf({ ...news, props: { byEdit: true } }).historic).toBe(true)
})
