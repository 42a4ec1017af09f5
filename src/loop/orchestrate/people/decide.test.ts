import { expect, test } from 'vitest'
import { type HeldRow, holdOf, type Standing } from './decide.ts'

const due = new Date('2027-02-02T00:00:00Z')
const here: Standing = { state: 'live', kind: 'wait', step: 'w', dueAt: due, because: null }
const nothing: HeldRow = {
  run_id: 'r',
  parked: null,
  has_news: false,
  mail_status: null,
  mail_reason: null,
  mail_until: null,
  mail_step: null,
  call_state: null,
  call_reason: null,
  call_step: null,
}
const kindOf = (standing: Partial<Standing>, held: Partial<HeldRow> = {}) => holdOf({ ...here, ...standing }, { ...nothing, ...held })

test('GEN-07 what holds most is said first: a fault, a pause, a mail over its cap, then the step itself', () => {
  expect(kindOf({ state: 'paused' }, { parked: 'boom' })).toMatchObject({ kind: 'parked', what: 'boom' })
  const capped = { mail_status: 'deferred', mail_reason: 'capped', mail_until: due, mail_step: 'm' }
  expect(kindOf({ state: 'paused' }, capped)).toMatchObject({ kind: 'paused' })
  expect(kindOf({}, capped)).toEqual({ kind: 'capped', until: due.toISOString(), what: null, step: 'm' })
  expect(kindOf({}, { ...capped, mail_status: 'suppressed' })).toMatchObject({ kind: 'unreachable', what: 'capped' })
  expect(kindOf({}, { mail_status: 'refused', mail_reason: 'template.missing', mail_step: 'm' })).toMatchObject({ kind: 'mailFault' })
  expect(kindOf({}, { call_state: 'failed', call_reason: 'status 500', call_step: 'h' })).toMatchObject({ kind: 'callFault', step: 'h' })
  expect(kindOf({}, { has_news: true })).toMatchObject({ kind: 'moving' })
  expect(kindOf({}, { mail_status: 'sent', mail_step: 'm' })).toEqual({ kind: 'wait', until: due.toISOString(), what: null, step: null })
  expect(kindOf({ kind: 'await' })).toMatchObject({ kind: 'event' })
})

test('who left a step is only spoken of where its work was not done', () => {
  expect(kindOf({ kind: null, because: { kind: 'done' } })).toBeNull()
  expect(kindOf({ kind: null, because: { kind: 'done', outcome: 'no_basis' } })).toMatchObject({ kind: 'leftOut', what: 'no_basis' })
  expect(kindOf({ kind: null, because: { kind: 'late', hours: 40 } })).toMatchObject({ kind: 'leftOut', what: 'late' })
})
