import { describe, expect, test } from 'vitest'
import type { NewsletterStatus } from '../tables.ts'
import { beginOf, mayDo, maySend, type StartFacts } from './decide.ts'

const ready: StartFacts = {
  status: 'draft',
  legalMissing: [],
  senderAddress: 'news@mihon.example',
  templateGone: false,
  people: 1_000,
  reachable: 900,
  confirmed: 1_000,
}

describe('starting a newsletter', () => {
  test('it starts when sender, legal block, template and the confirmed number are right', () => {
    expect(maySend(ready)).toBeNull()
    expect(maySend({ ...ready, status: 'scheduled' })).toBeNull()
  })

  test.each([
    [{ status: 'sending' }, 'state'],
    [{ templateGone: true }, 'template'],
    [{ legalMissing: ['address'] }, 'legal'],
    [{ senderAddress: '' }, 'sender'],
    [{ people: 0, confirmed: 0 }, 'audience.empty'],
  ] as const)('GEN-17 %j holds it back: %s', (change, fault) => {
    expect(maySend({ ...ready, ...change } as StartFacts)).toBe(fault)
  })

  test('an audience that moved by more than one in a hundred since it was shown has to be confirmed anew', () => {
    expect(maySend({ ...ready, people: 1_010 })).toBeNull()
    expect(maySend({ ...ready, people: 1_011 })).toBe('audience.changed')
    expect(maySend({ ...ready, people: 989 })).toBe('audience.changed')
  })

  test('few people may be five more or fewer, since lists live', () => {
    expect(maySend({ ...ready, people: 15, confirmed: 10 })).toBeNull()
    expect(maySend({ ...ready, people: 16, confirmed: 10 })).toBe('audience.changed')
  })
})

test('what has ended, or was never begun, is neither paused nor resumed nor called off', () => {
  const may = (status: NewsletterStatus): string[] => (['pause', 'resume', 'cancel'] as const).filter((act) => mayDo(act, status))
  expect(
    Object.fromEntries(
      (['draft', 'scheduled', 'sending', 'paused', 'finished', 'cancelled'] as const).map((status) => [status, may(status)]),
    ),
  ).toEqual({
    draft: [],
    scheduled: ['cancel'],
    sending: ['pause', 'cancel'],
    paused: ['resume', 'cancel'],
    finished: [],
    cancelled: [],
  })
})

test('NUR-01 an hour that is over begins nothing; one of the readers’ own is over once it is over for all of them', () => {
  const now = new Date('2026-04-08T10:00:00+09:00')
  const tokyo = 'Asia/Tokyo'
  expect(beginOf({}, now, tokyo)).toEqual(now)
  expect(beginOf({ sendAt: '2026-04-08T11:00:00+09:00' }, now, tokyo)).toEqual(new Date('2026-04-08T11:00:00+09:00'))
  expect(beginOf({ sendAt: '2026-04-08T09:57:00+09:00' }, now, tokyo)).toEqual(now)
  expect(beginOf({ sendAt: '2026-04-08T09:50:00+09:00' }, now, tokyo)).toBeNull()
  // Nine in the morning was an hour ago here, and lies ahead for whoever lives further west.
  expect(beginOf({ localAt: '2026-04-08T09:00' }, now, tokyo)).toBeNull()
  expect(beginOf({ localAt: '2026-04-08T09:00' }, now, null)).toEqual(now)
  expect(beginOf({ localAt: '2026-04-07T09:00' }, now, null)).toBeNull()
  // It comes first in Kiritimati, fourteen hours ahead of UTC.
  expect(beginOf({ localAt: '2026-04-09T09:00' }, now, tokyo)).toEqual(new Date('2026-04-08T19:00:00Z'))
})
