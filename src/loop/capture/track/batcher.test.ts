import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '#kernel/errors.ts'
import { check } from '../../../../test/world.ts'
import { makeBatcher } from './batcher.ts'

const culprit = () => new Refusal('unprocessable', 'culprit', 'culprit')
const broken = () => new Refusal('unavailable', 'broken', 'broken')
const full = () => new Refusal('unavailable', 'full', 'full')
const options = { most: 100, lanes: 2, longest: 1_000, full, culprit, broken }

test('TRK-02 posts that arrive while a batch is written share the next one', async () => {
  const sizes: number[] = []
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const batcher = makeBatcher<number>(
    async (items) => {
      sizes.push(items.length)
      await gate
    },
    { ...options, lanes: 1 },
  )
  const first = batcher.submit([1])
  await new Promise((resolve) => setImmediate(resolve)) // the batcher waits for the end of the turn
  const rest = Promise.all(Array.from({ length: 40 }, (_, i) => batcher.submit([i])))
  release()
  await first
  await rest
  expect(sizes).toEqual([1, 40])
})

test('I1 whatever items are poison, exactly they are refused and all others are written once', async () => {
  await check(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (poison) => {
      const written: number[] = []
      const batcher = makeBatcher<number>(async (items) => {
        if (items.some((item) => poison[item])) throw new Error('poison')
        written.push(...items)
      }, options)
      const verdicts = await batcher.submit(poison.map((_, i) => i))
      expect(verdicts.map((verdict) => verdict !== null)).toEqual(poison)
      const said = poison.includes(false) ? 'culprit' : 'broken'
      expect(verdicts.every((verdict) => verdict === null || verdict.code === said)).toBe(true)
      expect(written.sort((a, b) => a - b)).toEqual(poison.flatMap((bad, i) => (bad ? [] : [i])))
    }),
  )
})

test('I7 a database that is away refuses the whole batch at once with 503, without halving', async () => {
  let tries = 0
  const batcher = makeBatcher<number>(async () => {
    tries++
    throw Object.assign(new Error('no space left on device'), { code: '53100' })
  }, options)
  const verdicts = await batcher.submit([1, 2, 3, 4])
  expect(tries).toBe(1)
  expect(verdicts.map((verdict) => verdict?.kind)).toEqual(Array(4).fill('unavailable'))
})

test('I7 more than can be held in memory is refused at once', async () => {
  const batcher = makeBatcher<number>(async () => {}, { ...options, longest: 3 })
  expect((await batcher.submit([1, 2, 3, 4]))[0]?.code).toBe('full')
})

test('TRK-02 I4 bodies of any size are cut to batches and put together again: each sender hears of its own items in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 2, max: 9 }),
      async (sizes, most, bad) => {
        const written: number[] = []
        const batcher = makeBatcher<number>(
          async (items) => {
            expect(items.length).toBeLessThanOrEqual(most)
            await Promise.resolve()
            if (items.some((item) => item % bad === 0)) throw new Error('bad')
            written.push(...items)
          },
          { ...options, most, lanes: 1 },
        )
        let next = 1
        const bodies = sizes.map((size) => Array.from({ length: size }, () => next++))
        const verdicts = await Promise.all(bodies.map((body) => batcher.submit(body)))
        const all = bodies.flat()
        expect(verdicts.map((own) => own.map((verdict) => verdict === null))).toEqual(
          bodies.map((body) => body.map((item) => item % bad !== 0)),
        )
        expect(written).toEqual(all.filter((item) => item % bad !== 0))
      },
    ),
    { numRuns: 200 },
  )
})
