import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideNaming, type Found, type Holder, inRounds } from './decide.ts'

const holder = (id: string, identified = true, hasMail = identified): Holder => ({ subject: { bucket: 0, id }, identified, hasMail })
const kindOf = (found: Found) => decideNaming(found).decision.kind
const visitor = holder('visitor', false)

describe('who is it', () => {
  test('TRK-03 the table of outcomes', () => {
    expect(kindOf({ mail: null, device: visitor, tellsName: false })).toBe('name')
    expect(kindOf({ mail: null, device: null, tellsName: false })).toBe('create')
    expect(kindOf({ mail: null, tellsName: false })).toBe('create')
    expect(decideNaming({ mail: holder('lead'), device: visitor, tellsName: false }).decision).toEqual({
      kind: 'adopt',
      subject: { bucket: 0, id: 'lead' },
      visitor: visitor.subject,
    })
    expect(kindOf({ mail: holder('lead'), device: holder('lead'), tellsName: false })).toBe('existing')
    expect(kindOf({ mail: holder('lead'), device: holder('other'), tellsName: false })).toBe('relink')
    expect(kindOf({ mail: null, device: holder('other'), tellsName: false })).toBe('create')
    expect(kindOf({ mail: null, device: holder('other', true, false), tellsName: false })).toBe('existing')
    expect(kindOf({ device: visitor, tellsName: false })).toBe('traits')
    expect(kindOf({ device: visitor, tellsName: true })).toBe('name')
    expect(kindOf({ external: holder('x'), device: visitor, tellsName: false })).toBe('adopt')
  })

  test('two identified people are never merged by a machine, whatever is found', () => {
    const some = fc.constantFrom<Holder | null | undefined>(
      undefined,
      null,
      holder('a'),
      holder('b'),
      holder('a', true, false),
      visitor,
      holder('v2', false),
    )
    fc.assert(
      fc.property(some, some, some, fc.boolean(), (mail, external, device, tellsName) => {
        // Only devices are held by visitors: an address or an external id makes a lead.
        const known = (one: Holder | null | undefined) => (one && !one.identified ? null : one)
        const found = {
          tellsName,
          ...(mail === undefined ? {} : { mail: known(mail) ?? null }),
          ...(external === undefined ? {} : { external: known(external) ?? null }),
          ...(device === undefined ? {} : { device }),
        }
        const { decision, ambiguity } = decideNaming(found)
        if (decision.kind === 'adopt') expect(device?.identified).toBe(false)
        const two = found.mail && found.external && found.mail.subject.id !== found.external.subject.id
        expect(ambiguity !== null).toBe(Boolean(two))
      }),
      { numRuns: 500, seed: 11 },
    )
  })
})

test('rounds: no key twice in a round, the order of each key is kept, nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 0, maxLength: 3 }), { maxLength: 30 }), (lists) => {
      const acts = lists.map((keys, index) => ({ index, keys: [...new Set(keys)] }))
      const rounds = inRounds(acts, (act) => act.keys)
      expect(
        rounds
          .flat()
          .map((act) => act.index)
          .sort((a, b) => a - b),
      ).toEqual(acts.map((act) => act.index))
      for (const round of rounds) {
        const keys = round.flatMap((act) => act.keys)
        expect(new Set(keys).size).toBe(keys.length)
      }
      for (const key of ['a', 'b', 'c', 'd'] as const) {
        const order = rounds
          .flat()
          .filter((act) => act.keys.includes(key))
          .map((act) => act.index)
        expect(order).toEqual([...order].sort((a, b) => a - b))
      }
    }),
    { numRuns: 300, seed: 12 },
  )
})
