// The main thread's side of the template thread: orders with a deadline, and a hard kill when it passes.
import type { KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Body } from '../sender/body.ts'
import type { Compiled } from './compile.ts'
import type { Draft, MailCharset } from './contract.ts'
import type { MergeContext } from './liquid.ts'
import type { Order, Pressed, Served, Source } from './thread.ts'

/** One mail's words for one person. */
export interface Rendered {
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** The template could not be used: it is wrong, too long, or was stopped. `reason` is for the author. */
export class TemplateFault extends Error {
  readonly stopped: boolean
  constructor(reason: string, stopped = false) {
    super(reason)
    this.name = 'TemplateFault'
    this.stopped = stopped
  }
}

interface Waiting {
  readonly done: (served: Served) => void
  /** Milliseconds of work it may cost. */
  readonly allowedMs: number
  /** What the thread had worked when this order was first seen at its head; null before. */
  begunAt: number | null
  /** When it was first seen there, by the clock. */
  seenAt: number | null
  /** Whoever waits knows by this that the order itself was too much, and not one before it. */
  stopped: boolean
}

interface Kitchen {
  readonly worker: Worker
  readonly waiting: Map<number, Waiting>
  readonly ready: Promise<void>
  rest?: NodeJS.Timeout
  watch?: NodeJS.Timeout
  looking?: boolean
}

/**
 * What an order may cost is counted as the thread's own processor time, not by the clock: on a busy machine a good template waits, it does
 * not fail. A thread that makes no headway at all is ended by the clock. MJML is loaded with the first order: that is in the 4 s.
 */
const COMPILE_MS = 4_000
const RENDER_MS = 450
const LOOK_MS = 50
const STUCK_MS = 120_000
const clockMs = (): number => process.uptime() * 1_000
/** MJML takes some 110 MB to stand ready, and is needed only while somebody edits. */
const COMPILE_RESTS_MS = 20_000

type Kind = 'compile' | 'render'

const LIMITS: Readonly<Record<Kind, { maxOldGenerationSizeMb: number; maxYoungGenerationSizeMb: number; stackSizeMb: number }>> = {
  compile: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
  render: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 6, stackSizeMb: 4 },
}

const kitchens = new Map<Kind, Kitchen>()
let orders = 0

function open(kind: Kind): Kitchen {
  const worker = new Worker(new URL('./templateThread.mjs', import.meta.url), {
    env: {},
    stdout: false,
    stderr: false,
    resourceLimits: LIMITS[kind],
  })
  const waiting = new Map<number, Waiting>()
  const fail = (reason: string) => {
    if (kitchens.get(kind)?.worker === worker) kitchens.delete(kind)
    for (const [id, order] of waiting) order.done({ id, ok: false, reason })
    waiting.clear()
  }
  worker.on('message', (served: Served) => {
    const order = waiting.get(served.id)
    waiting.delete(served.id)
    order?.done(served)
    if (!waiting.size) worker.unref()
  })
  worker.on('error', (error) => fail(String((error as Error).message ?? error)))
  worker.on('exit', () => fail('stopped'))
  const ready = new Promise<void>((resolve) => worker.once('online', () => resolve()))
  worker.unref()
  const kitchen: Kitchen = { worker, waiting, ready }
  kitchens.set(kind, kitchen)
  return kitchen
}

type Ask =
  | { kind: 'compile'; draft: Draft }
  | { kind: 'render'; key: string; source: Source; contexts: readonly MergeContext[] }
  | {
      kind: 'press'
      key: string
      source: Source
      shared: MergeContext
      contexts: readonly MergeContext[]
      boundaries: readonly string[]
      room: ArrayBuffer | null
      jis: readonly boolean[]
    }
  | { kind: 'sign'; key: KeyObject; isRsa: boolean; texts: readonly string[] }

async function ask(order: Ask, allowedMs: number): Promise<unknown> {
  // Trials share the compiling thread: one that must be killed takes no mail that is going out with it.
  const kind: Kind = order.kind === 'compile' || order.key === '' ? 'compile' : 'render'
  const mine = kitchens.get(kind) ?? open(kind)
  clearTimeout(mine.rest)
  const id = ++orders
  mine.worker.ref()
  const { promise: answer, resolve: done } = Promise.withResolvers<Served>()
  const mark: Waiting = { done, allowedMs, begunAt: null, seenAt: null, stopped: false }
  mine.waiting.set(id, mark)
  await mine.ready
  try {
    mine.worker.postMessage({ ...order, id } satisfies Order, order.kind === 'press' && order.room ? [order.room] : [])
  } catch (error) {
    // What cannot be sent over is never answered: left in the line, it would stand for whatever the thread works on.
    mine.waiting.delete(id)
    if (!mine.waiting.size) mine.worker.unref()
    throw error
  }
  watch(kind, mine)
  const served = await answer
  if (kind === 'compile') restSoon(mine)
  if (served.ok) return served.value
  throw new TemplateFault(mark.stopped ? 'The template took too long and was stopped.' : served.reason, served.reason === 'stopped')
}

/** Looks at the order a thread is busy with, every 50 ms while there is one. */
function watch(kind: Kind, kitchen: Kitchen): void {
  // biome-ignore lint/plugin: a watchdog on a thread, not a domain timer
  kitchen.watch ??= setInterval(() => {
    const [current] = kitchen.waiting.values()
    if (current) {
      look(kind, kitchen, current)
      return
    }
    clearInterval(kitchen.watch)
    delete kitchen.watch
  }, LOOK_MS)
}

function look(kind: Kind, kitchen: Kitchen, current: Waiting): void {
  const stop = () => {
    current.stopped = true
    end(kind, kitchen)
  }
  current.seenAt ??= clockMs()
  if (clockMs() - current.seenAt > STUCK_MS) stop()
  if (kitchen.looking) return
  kitchen.looking = true
  void worked(kitchen.worker).then((ms) => {
    kitchen.looking = false
    current.begunAt ??= ms
    const isStill = [...kitchen.waiting.values()][0] === current
    if (isStill && ms - current.begunAt >= current.allowedMs) stop()
  })
}

/** How many milliseconds a thread has worked. Where Node cannot tell, or the thread does not answer, the clock speaks. */
async function worked(worker: Worker): Promise<number> {
  if (typeof worker.cpuUsage !== 'function') return clockMs()
  const { user, system } = await worker.cpuUsage().catch(() => ({ user: 0, system: 0 }))
  return (user + system) / 1_000
}

/** Kills a thread; whoever asks from now on gets a fresh one. */
function end(kind: Kind, kitchen: Kitchen): void {
  if (kitchens.get(kind) === kitchen) kitchens.delete(kind)
  void kitchen.worker.terminate()
}

/** Ends the compiling thread when nobody has asked for a while. */
function restSoon(kitchen: Kitchen): void {
  clearTimeout(kitchen.rest)
  // biome-ignore lint/plugin: gives memory back, decides nothing
  kitchen.rest = setTimeout(() => {
    if (!kitchen.waiting.size) end('compile', kitchen)
  }, COMPILE_RESTS_MS)
  kitchen.rest.unref()
}

/** Blocks → frozen Liquid, in the thread. @throws TemplateFault */
export async function compile(draft: Draft): Promise<Compiled> {
  return (await ask({ kind: 'compile', draft }, COMPILE_MS)) as Compiled
}

/**
 * Renders one version for many people in one order.
 * @param key id of the version, under which it stays parsed; '' keeps nothing
 * @throws TemplateFault when the template is at fault for any of them; the thread may work 450 ms plus 20 ms for each mail
 */
export async function render(key: string, source: Source, contexts: readonly MergeContext[]): Promise<Rendered[]> {
  return (await ask(
    { kind: 'render', key, source: { subject: source.subject, html: source.html, text: source.text }, contexts },
    RENDER_MS + 20 * contexts.length,
  )) as Rendered[]
}

/**
 * Signs many texts with one key, in the thread that made their bodies: one message instead of a wake-up each.
 * @returns in base64
 * @throws TemplateFault when the thread was stopped meanwhile, or the key cannot sign
 */
export async function signMany(key: KeyObject, isRsa: boolean, texts: readonly string[]): Promise<string[]> {
  return (await ask({ kind: 'sign', key, isRsa, texts }, RENDER_MS + 20 * texts.length)) as string[]
}

/** A mail for one person, ready for its headers. */
export interface PressedMail {
  readonly subject: string
  readonly body: Body
  /** Says that nothing reads the body's bytes any more. Unsaid, their memory is left to the collector. */
  readonly spent: () => void
  readonly charset: MailCharset
}

/**
 * Memory of bodies that have left. It goes round between the threads: made anew for each order it would be gone through by the collector
 * again and again, which cost a third of all that a mail costs.
 */
const rooms: ArrayBuffer[] = []
const MOST_ROOMS = 8
const LARGEST_ROOM = 4 * 1024 * 1024

/**
 * As `render`, but answers bodies as bytes, made in the thread: what goes out to many never becomes text here.
 * @param shared what all of them have in common
 * @param boundaries one for each context
 * @param jis which of them are wanted in ISO-2022-JP; one with a character that does not fit is made in UTF-8 all the same
 * @throws TemplateFault
 */
export async function press(
  key: string,
  source: Source,
  shared: MergeContext,
  contexts: readonly MergeContext[],
  boundaries: readonly string[],
  jis: readonly boolean[],
): Promise<PressedMail[]> {
  const plain = { subject: source.subject, html: source.html, text: source.text }
  const {
    subjects,
    ends,
    hashes,
    jis: done,
    room,
  } = (await ask(
    { kind: 'press', key, source: plain, shared, contexts, boundaries, jis, room: rooms.pop() ?? null },
    RENDER_MS + 20 * contexts.length,
  )) as Pressed
  const leave = leavesFrom(room, subjects.length)
  return subjects.map((subject, i) => {
    const from = ends[i - 1] ?? 0
    return {
      subject,
      charset: done[i] ? 'iso-2022-jp' : 'utf-8',
      body: { bytes: Buffer.from(room, from, (ends[i] ?? 0) - from), hash: hashes[i] ?? '' },
      spent: leave(),
    }
  })
}

/** One call for each body of a room; with the last of them the room may be used again. */
function leavesFrom(room: ArrayBuffer, bodies: number): () => () => void {
  let open = bodies
  return () => {
    let isGone = false
    return () => {
      if (isGone) return
      isGone = true
      if (--open === 0 && rooms.length < MOST_ROOMS && room.byteLength <= LARGEST_ROOM) rooms.push(room)
    }
  }
}
