/**
 * News from the server as it happens. One stream per group of tabs: a browser allows six connections per host on
 * HTTP/1.1, so the tab that holds the lock listens and tells the others.
 *
 *   useLive('signals', () => again(api.signals.key()))
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'

type Hear = (payload: unknown) => void
interface Told {
  topic: string
  payload: unknown
}

const hearers = new Map<string, Set<Hear>>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('hagukumi.live')
const watchers = new Set<() => void>()
let connected = true
let started = false
/** Whether the stream has stood at all since this page was loaded. */
let opened = false

function hear({ topic, payload }: Told) {
  for (const fn of hearers.get(topic) ?? []) fn(payload)
  for (const fn of hearers.get('*') ?? []) fn({ topic, payload })
}

function setConnected(to: boolean) {
  const isFirst = to && !opened
  if (to) opened = true
  if (connected === to && !isFirst) return
  connected = to
  for (const fn of watchers) fn()
  // What happened while the stream was down, or before it stood, was not heard: whoever listens reads again.
  if (to) for (const topic of hearers.keys()) hear({ topic, payload: { missed: true } })
}

function listen() {
  const stream = new EventSource('/api/stream')
  stream.onopen = () => tell({ state: true })
  stream.onerror = () => {
    tell({ state: false })
    // A closed stream (signed out, server restarting with an error) is not reopened by the browser.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5_000)
  }
  const onMessage = (e: MessageEvent<string>) => {
    const told = parse(e)
    if (told) tell({ told })
  }
  stream.onmessage = onMessage
}

function parse(e: MessageEvent<string>): Told | null {
  try {
    const data = JSON.parse(e.data) as Partial<Told>
    return typeof data.topic === 'string' ? { topic: data.topic, payload: data.payload } : null
  } catch {
    return null
  }
}

type Letter = { told: Told } | { state: boolean }
function tell(letter: Letter) {
  channel?.postMessage(letter)
  receive(letter)
}
function receive(letter: Letter) {
  if ('told' in letter) hear(letter.told)
  else setConnected(letter.state)
}

/** Begins listening; the shell calls it once somebody is signed in. */
export function startLive() {
  if (started) return
  started = true
  if (channel) channel.onmessage = (e: MessageEvent<Letter>) => receive(e.data)
  // The lock is held as long as the tab lives; the next tab then takes over. Locks need a secure context.
  if (channel && navigator.locks) {
    void navigator.locks.request('hagukumi.live', () => {
      listen()
      return new Promise<never>(() => {})
    })
  } else listen()
}

/** Calls `fn(payload)` when the server announces the topic, and `fn({ missed: true })` after a gap in the stream. */
export function useLive(topic: string, fn: Hear) {
  const latest = useEffectEvent(fn)
  useEffect(() => {
    const mine: Hear = (payload) => latest(payload)
    const set = hearers.get(topic) ?? new Set<Hear>()
    hearers.set(topic, set.add(mine))
    return () => {
      set.delete(mine)
    }
  }, [topic])
}

/** Whether the stream stands; for the mark in the shell. */
export function useConnected(): boolean {
  return useSyncExternalStore(
    (fn) => {
      watchers.add(fn)
      return () => watchers.delete(fn)
    },
    () => connected,
  )
}
