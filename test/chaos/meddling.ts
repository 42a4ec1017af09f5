// S8: people who cannot keep their hands off a newsletter that is going out.
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { Product } from '../product.ts'
import { type Arena, openArena } from './arena.ts'
import { makeMailing, settled, startMailing, startServer, toServer } from './mailing.ts'
import type { Row } from './row.ts'
import { callApi } from './sender.ts'
import { extraCopies } from './sending.ts'

interface Standing {
  readonly status: string
  readonly open: number
  readonly rows: number
}

/** Newsletter and deliveries of one instant. */
async function standing(arena: Arena, id: string): Promise<Standing> {
  const { rows } = await arena.pool.query<Standing>(
    `SELECT n.status, (SELECT count(*)::int FROM delivery d WHERE d.source = n.id AND d.status IN ('queued', 'claimed', 'deferred', 'transmitting')) AS open,
      (SELECT count(*)::int FROM delivery d WHERE d.source = n.id) AS rows FROM newsletter n WHERE n.id = $1`,
    [id],
  )
  return rows[0] as Standing
}

interface Newsletter {
  readonly id: string
  readonly templateId: string
  readonly include: readonly string[]
}

/** What is not allowed now is refused with 4xx, never with a fault. */
async function tried(word: string, act: Promise<unknown>): Promise<string> {
  try {
    await act
    return word
  } catch (error) {
    ok(error instanceof Error && / answered 4\d\d/.test(error.message), String(error))
    return 'refused'
  }
}

/** One act of a restless hand. */
async function meddle({ product, key, id, draw }: Restless): Promise<string> {
  const call = (method: string, path: string, body?: unknown): Promise<unknown> => callApi(product, key, method, path, body)
  const act = draw()
  if (act < 0.35) return tried('paused', call('POST', `/newsletters/${id}/pause`))
  if (act < 0.75) return tried('resumed', call('POST', `/newsletters/${id}/resume`))
  if (act < 0.85) {
    const { templateId, include } = (await call('GET', `/newsletters/${id}`)) as Newsletter
    return tried('edited', call('PUT', `/newsletters/${id}`, { name: '書き換え', templateId, include, exclude: [], topicId: null }))
  }
  if (act < 0.93) return tried('cloned', call('POST', `/newsletters/${id}/copy`))
  const settings = (await call('GET', '/mail/settings')) as Record<string, unknown>
  const changed = { ...settings, connections: 1 + Math.floor(draw() * 10), fromName: `差出人${Math.floor(draw() * 100)}` }
  return tried('settings', call('PUT', '/mail/settings', changed))
}

interface Restless {
  readonly product: Product
  readonly key: string
  readonly id: string
  draw(): number
}

export const meddled: Row = {
  id: 'S8',
  title:
    'S8 NUR-01 paused, resumed, edited, cloned and its settings changed while it runs: each lead gets it once, and it is through only when nothing is open',
  async run(ground, scale, seed) {
    const { people, acts } = scale === 'full' ? { people: 10_000, acts: 1_000 } : { people: 400, acts: 30 }
    const arena = await openArena(ground, seed)
    const sink = await startServer(undefined, scale === 'full' ? 60 : 25)
    try {
      const id = await makeMailing(arena, people)
      const product = await arena.product({ env: toServer(sink.port) })
      const key = await arena.key('admin')
      await startMailing(arena, id, people)
      const done = new Map<string, number>()
      let early = 0
      for (let act = 0; act < acts; act++) {
        const what = await meddle({ product, key, id, draw: arena.draw })
        done.set(what, (done.get(what) ?? 0) + 1)
        const now = await standing(arena, id)
        if (now.status === 'finished') {
          deepEqual([now.open, now.rows], [0, people], 'through, although mails are open')
          early++
        }
      }
      ok(early < acts / 2, 'the newsletter was through before half of the acts')
      await callApi(product, key, 'POST', `/newsletters/${id}/resume`).catch(() => undefined)
      const states = await settled(arena, id, people, 300_000)
      deepEqual(extraCopies(sink), [], 'copies beyond the first')
      deepEqual(states, { sent: people })
      equal(sink.taken.length, people)
      await product.stop()
      return `${acts} acts (${[...done].map(([what, n]) => `${n} ${what}`).join(', ')}), ${people} mails, each lead once`
    } finally {
      await arena.close()
      await sink.close()
    }
  },
}
