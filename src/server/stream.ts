// One event stream per browser: what `announce` says after a commit reaches open screens.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { mayActor } from '#access/roles.ts'
import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { onNotice } from '#kernel/listen.ts'

const HEARTBEAT = 25_000
const KEPT = 500
/** Bytes that may wait for a screen which does not read (a laptop asleep); then it is let go and comes back by itself. */
const MOST_WAITING = 1_000_000

interface Line {
  readonly id: number
  readonly text: string
}

/** Serves `/api/stream` (text/event-stream). A browser that comes back with Last-Event-ID gets what it missed, as far as it is kept. */
export async function mountStream(app: FastifyInstance, house: House): Promise<void> {
  /** Open streams, and whose each one is. */
  const screens = new Map<FastifyReply, string | null>()
  const kept: Line[] = []
  let last = 0
  const stop = onNotice('hagukumi_live', (payload) => {
    const line = { id: ++last, text: `id: ${last}\ndata: ${payload}\n\n` }
    kept.push(line)
    if (kept.length > KEPT) kept.shift()
    for (const screen of screens.keys()) {
      if (screen.raw.writableLength > MOST_WAITING) screen.raw.destroy()
      else screen.raw.write(line.text)
    }
    const gone = changedAccess(payload)
    if (gone !== null) for (const [screen, whose] of screens) if (whose === gone) screen.raw.end()
  })
  const beat = setInterval(() => {
    for (const screen of screens.keys()) screen.raw.write(': still here\n\n')
  }, HEARTBEAT)
  app.addHook('preClose', async () => {
    stop()
    clearInterval(beat)
    for (const screen of screens.keys()) screen.raw.end()
  })
  app.get('/api/stream', async (request, reply) => {
    const actor = await actorOf({ method: 'GET', headers: request.headers }, house)
    if (!mayActor(actor, 'live.read')) refuse('unauthenticated', 'signin.needed', { message: 'Sign in to follow what happens.' })
    reply.hijack()
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    })
    const missed = Number(request.headers['last-event-id'] ?? Number.NaN)
    reply.raw.write(
      `retry: 2000\n: welcome\n\n${
        Number.isNaN(missed)
          ? ''
          : kept
              .filter((line) => line.id > missed)
              .map((line) => line.text)
              .join('')
      }`,
    )
    screens.set(reply, 'id' in actor ? actor.id : null)
    request.raw.on('close', () => screens.delete(reply))
  })
}

/**
 * Whose access was changed by what was announced, or null. Their streams end: the browser comes back by itself and is asked
 * again who it is, so somebody who was deactivated hears nothing more.
 */
function changedAccess(payload: string): string | null {
  if (!payload.includes('"access.changed"')) return null
  const { topic, payload: said } = JSON.parse(payload) as { topic: string; payload: { id?: string } }
  return topic === 'access.changed' ? (said.id ?? null) : null
}
