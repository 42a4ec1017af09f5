// The offline queue. Each event is an item of its own under its message id, so two tabs may both send it: the server
// gives the second no effect. An item leaves the queue when the server has answered for it, not before.
import { drop, keys, randomId, read, write } from './store.ts'
import { visitId, visitorId } from './visitor.ts'

const BATCH = 50
const BATCH_LENGTH = 60_000 // what a browser still sends while the page goes away
const KEPT = 200 // events at most while offline; the oldest go first
const SOON = 200 // milliseconds: a page view and what follows at once travel together
const LONGEST_WAIT = 300_000

let send: (body: string, leaving: boolean) => Promise<number> = () => Promise.resolve(0)
let timer = 0
let busy = false
let wait = 5_000
let count = 0

/** @param post sends a body and resolves to the HTTP status, 0 when there was none */
export function startQueue(post: typeof send): void {
  send = post
  addEventListener('online', () => flush())
  if (keys('q.').length) schedule(SOON)
}

/** Queues one event; it is stored before it is sent. */
export function enqueue(n: string, p: object, how: 'g' | 'i'): void {
  const t = Date.now()
  const i = randomId()
  count = (count + 1) % 1e4
  write(`q.${t}.${count + 1e4}.${i}`, JSON.stringify({ i, n, t, c: how, v: visitorId(), s: visitId(t), u: location.href, p }))
  const waiting = keys('q.')
  for (const old of waiting.slice(0, Math.max(0, waiting.length - KEPT))) drop(old)
  schedule(SOON)
}

/** Forgets what was not sent. */
export function emptyQueue(): void {
  for (const key of keys('q.')) drop(key)
}

/** Sends what waits. `leaving` when the page may be gone before the answer comes: what is not answered for goes again from the next page. */
export function flush(leaving = false): void {
  clearTimeout(timer)
  timer = 0
  const batch: string[] = []
  const events: string[] = []
  let length = 0
  for (const key of keys('q.').slice(0, BATCH)) {
    const event = read(key)
    length += event.length
    if (length > BATCH_LENGTH && batch.length) break
    batch.push(key)
    if (event) events.push(event)
  }
  if (!batch.length || (busy && !leaving)) return
  busy = true
  send(`{"z":${Date.now()},"e":[${events.join()}]}`, leaving).then((status) => {
    busy = false
    // A 4xx would be the same next time; anything else is tried again, ever more rarely.
    const done = status >= 200 && status < 500 && status !== 408 && status !== 429
    if (done) for (const key of batch) drop(key)
    wait = done ? 5_000 : Math.min(wait * 2, LONGEST_WAIT)
    if (keys('q.').length) schedule(done ? 0 : wait)
  })
}

function schedule(ms: number): void {
  if (!timer) timer = setTimeout(flush, ms) as unknown as number
}
