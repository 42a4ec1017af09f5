// S11: a newsletter to a million costs hardly more memory than one to ten thousand, and the product answers meanwhile.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { makeCrowd, segmentOfCrowd } from '../../bench/crowd.ts'
import { openArena } from './arena.ts'
import { makeNewsletter, prepareCompany, startMailing, startServer, toServer } from './mailing.ts'
import type { Ground, Row } from './row.ts'
import { callApi } from './sender.ts'

interface Progress {
  readonly status: string
  readonly counts: Readonly<Record<'total' | 'waiting' | 'sent' | 'refused' | 'suppressed' | 'cancelled' | 'unknown', number>>
}

interface Sent {
  /** Most memory the product ever held, in MB. */
  readonly peak: number
  /** 99th percentile of its answers while it sent, in ms. */
  readonly p99: number
  readonly looks: number
}

/** Sends one newsletter, asking for its progress all the while. @throws when a page of progress does not add up */
async function sendTo(people: number, ground: Ground, seed: number): Promise<Sent> {
  const arena = await openArena(ground, seed)
  const counted = { mails: 0 }
  const sink = await startServer()
  // The book of the server is not what is measured.
  sink.taken.push = (...mails) => {
    counted.mails += mails.length
    return counted.mails
  }
  sink.recipients.push = () => 0
  try {
    await prepareCompany(arena)
    await makeCrowd(arena, people)
    const mailing = await makeNewsletter(arena, await segmentOfCrowd(arena, people))
    const product = await arena.product({ env: { ...toServer(sink.port), NODE_ENV: 'production' } })
    const key = await arena.key('admin')
    await startMailing(arena, mailing, people)
    const took: number[] = []
    let before = 0
    for (;;) {
      const from = performance.now()
      const { status, counts } = await callApi<Progress>(product, key, 'GET', `/newsletters/${mailing}`)
      took.push(performance.now() - from)
      const { total, waiting, sent, refused, suppressed, cancelled, unknown } = counts
      equal(
        waiting + sent + refused + suppressed + cancelled + unknown,
        total,
        `a page of progress that does not add up: ${JSON.stringify(counts)}`,
      )
      ok(sent >= before && total <= people, JSON.stringify(counts))
      before = sent
      if (status === 'finished') {
        deepEqual([sent, total, counted.mails], [people, people, people])
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${product.pid}/status`, 'utf8'))?.[1]) / 1_024
    await product.stop()
    took.sort((a, b) => a - b)
    return { peak, p99: took[Math.floor(took.length * 0.99)] ?? 0, looks: took.length }
  } finally {
    await arena.close()
    await sink.close()
  }
}

export const largeNewsletter: Row = {
  id: 'S11',
  title:
    'S11 a newsletter to a million holds hardly more memory than one to ten thousand; meanwhile pages answer and each page of progress adds up',
  async run(ground, scale, seed) {
    const [few, many] = scale === 'full' ? [10_000, 1_000_000] : [100, 1_000]
    const small = await sendTo(few, ground, seed)
    const large = await sendTo(many, ground, seed + 1)
    const more = large.peak - small.peak
    if (scale === 'full') {
      ok(more <= 32, `${more.toFixed(1)} MB more for ${many} than for ${few}`)
      ok(large.p99 < 300, `99 % of the answers came within ${large.p99.toFixed(0)} ms`)
    }
    return `${many} mails: ${large.peak.toFixed(0)} MB at most, ${more.toFixed(1)} MB more than ${few} mails; ${large.looks} pages of progress exact, p99 ${large.p99.toFixed(0)} ms`
  },
}
