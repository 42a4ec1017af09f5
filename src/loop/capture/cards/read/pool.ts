// The reading threads of this process: one per core, started when there is a card to read, ended when there was none for a while.
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { ReadAnswer, ReadAsk } from './card.ts'

/** A thread died, hung, or could not open the picture. */
export class ReaderFault extends Error {
  readonly kind: 'died' | 'hung' | 'unreadable'
  constructor(kind: ReaderFault['kind'], message: string) {
    super(message)
    this.name = 'ReaderFault'
    this.kind = kind
  }
}

export interface PoolOptions {
  readonly size: number
  /** A card that takes longer hangs: its thread is ended. */
  readonly longest: number
  /** Threads without work for so long are ended. */
  readonly idle: number
  /** Another entry than cardThread.mjs: tests of threads that die or hang. */
  readonly entry?: URL
}

export interface ReaderPool {
  /** Reads a card in a free thread. @throws ReaderFault */
  read(ask: ReadAsk): Promise<ReadAnswer>
  readonly size: number
  /** Threads alive now. */
  threads(): number
  close(): Promise<void>
}

interface Waiting {
  readonly ask: ReadAsk
  readonly resolve: (answer: ReadAnswer) => void
  readonly reject: (error: ReaderFault) => void
}
interface Thread {
  readonly worker: Worker
  job: (Waiting & { id: number; hung: AbortController }) | null
  lastUsed: number
}

const DEFAULTS: PoolOptions = { size: availableParallelism(), longest: 40_000, idle: 30_000 }

/** Threads and the cards that wait for one. */
interface State extends PoolOptions {
  readonly entry: URL
  readonly threads: Set<Thread>
  readonly queue: Waiting[]
  ids: number
  closed: boolean
}

/** Opens a pool; no thread is started before the first card. */
export function openPool(options: Partial<PoolOptions> = {}): ReaderPool {
  const entry = options.entry ?? new URL('./cardThread.mjs', import.meta.url)
  const state: State = { ...DEFAULTS, ...options, entry, threads: new Set(), queue: [], ids: 0, closed: false }
  return {
    size: state.size,
    threads: () => state.threads.size,
    read: (ask) =>
      new Promise<ReadAnswer>((resolve, reject) => {
        state.queue.push({ ask, resolve, reject })
        give(state)
      }),
    close: async () => {
      state.closed = true
      for (const waiting of state.queue.splice(0)) waiting.reject(new ReaderFault('died', 'the pool was closed'))
      for (const thread of [...state.threads]) end(state, thread, new ReaderFault('died', 'the pool was closed'))
    },
  }
}

/** Gives waiting cards to free threads, and starts more as long as there may be more. */
function give(state: State): void {
  while (state.queue.length) {
    const free = [...state.threads].find((thread) => thread.job === null) ?? (state.threads.size < state.size ? begin(state) : null)
    if (!free) return
    start(state, free, state.queue.shift() as Waiting)
  }
}

function begin(state: State): Thread {
  const thread: Thread = { worker: new Worker(state.entry), job: null, lastUsed: 0 }
  state.threads.add(thread)
  const gone = (why: string) => {
    if (state.threads.has(thread)) end(state, thread, new ReaderFault('died', why))
  }
  thread.worker.on('message', (message: Heard) => heard(state, thread, message))
  thread.worker.on('error', (error) => gone(`the reading thread failed: ${(error as Error).message}`))
  thread.worker.on('exit', () => gone('the reading thread ended'))
  thread.worker.unref()
  return thread
}

function start(state: State, thread: Thread, waiting: Waiting): void {
  const id = ++state.ids
  const hung = new AbortController()
  thread.job = { ...waiting, id, hung }
  thread.worker.ref()
  thread.worker.postMessage({ id, ask: waiting.ask })
  pause(state.longest, undefined, { signal: hung.signal, ref: false }).then(
    () => end(state, thread, new ReaderFault('hung', 'the reading thread took too long')),
    () => {},
  )
}

interface Heard {
  readonly id: number
  readonly answer?: ReadAnswer
  readonly fault?: string
}

function heard(state: State, thread: Thread, { id, answer, fault }: Heard): void {
  const { job } = thread
  if (job?.id !== id) return
  settle(state, thread)
  if (answer) job.resolve(answer)
  else job.reject(new ReaderFault('unreadable', fault ?? 'no answer'))
  give(state)
  void rest(state, thread)
}

function settle(state: State, thread: Thread): void {
  thread.job?.hung.abort()
  thread.job = null
  thread.lastUsed = ++state.ids
  thread.worker.unref()
}

/** Ends a thread that found nothing to do for a while. */
async function rest(state: State, thread: Thread): Promise<void> {
  const mark = thread.lastUsed
  await pause(state.idle, undefined, { ref: false })
  if (thread.job === null && thread.lastUsed === mark) end(state, thread, null)
}

function end(state: State, thread: Thread, fault: ReaderFault | null): void {
  const { job } = thread
  state.threads.delete(thread)
  if (job) settle(state, thread)
  void thread.worker.terminate()
  if (job && fault) job.reject(fault)
  if (!state.closed) give(state)
}

/** The pool of this process. */
export const pool = openPool()
