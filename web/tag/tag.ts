// The script on the customer's site: <script async src="https://host/tag.js" data-key="WRITEKEY" data-consent="notice">.
// It throws nothing into the host page, stores nothing without consent, and loads forms and the notice only where they are used.
import type { ConsentState, Hagukumi, Props } from './api.ts'
import { watchClicks } from './clicks.ts'
import { restartPage, viewed, watchPages } from './page.ts'
import { emptyQueue, enqueue, flush, startQueue } from './queue.ts'
import { read, write } from './store.ts'
import { forget, visitorId } from './visitor.ts'

const self = (document.currentScript ?? document.querySelector('script[data-key][src$="/tag.js"]')) as HTMLScriptElement | null
const loaded = new Set<string>()

/** Runs `work` and keeps its faults from the host page. */
const safely =
  <A extends unknown[], R>(work: (...args: A) => R, otherwise: R) =>
  (...args: A): R => {
    try {
      return work(...args)
    } catch {
      return otherwise
    }
  }

/** Posts a batch; resolves to the HTTP status, 0 when there was none. */
const postTo =
  (host: string, key: string) =>
  (body: string, leaving: boolean): Promise<number> => {
    const url = `${host}/v1/e`
    const text = `{"k":${JSON.stringify(key)},${body.slice(1)}`
    // A string body is text/plain, which asks for no preflight. keepalive lets it finish when the page goes.
    // A beacon has no answer, so what it carried stays queued and the next page sends it again: the second has no effect.
    const otherwise = () => {
      if (leaving) navigator.sendBeacon(url, text)
      return 0
    }
    return fetch(url, { method: 'POST', body: text, keepalive: leaving, credentials: 'omit' }).then((answer) => answer.status, otherwise)
  }

function load(host: string, file: string): void {
  if (loaded.has(file)) return
  loaded.add(file)
  const element = document.createElement('script')
  element.async = true
  element.src = `${host}/${file}`
  document.head.append(element)
}

function start(script: HTMLScriptElement): void {
  const { key = '', consent: mode = 'off', banner = '' } = script.dataset
  const host = new URL(script.src).origin
  const before = (window as { hagukumi?: unknown }).hagukumi
  if (!key || (before && !Array.isArray(before))) return

  /** A stored answer wins; a Global Privacy Control signal is a no until the visitor says yes; opt-in waits for a yes. */
  const state = (): ConsentState => {
    const answer = read('c')
    if (answer === 'grant' || answer === 'deny') return answer
    if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return 'deny'
    return mode === 'opt-in' ? 'ask' : 'grant'
  }

  const emit = safely((name: string, props: object): void => {
    if (state() === 'grant') enqueue(name, props, read('c') === 'grant' ? 'g' : 'i')
  }, undefined)
  const leave = safely(() => flush(true), undefined)

  /** Forms are asked for on the first page view that has one; later ones are found by the form script itself. */
  const lazily = () => {
    if (document.querySelector('[data-hagukumi-form]')) load(host, 'form.js')
  }

  const stop = () => {
    emptyQueue()
    forget()
  }

  const api: Hagukumi = {
    key,
    host,
    track: safely((name, props) => emit(`custom.${name}`, props ?? {}), undefined),
    identify: safely((who, traits) => {
      const named = typeof who === 'string'
      emit('identify', named ? { userId: who, traits: traits ?? {} } : { traits: who })
    }, undefined),
    page: safely((props?: Props) => viewed(emit, props), undefined),
    visitor: safely(() => (state() === 'grant' ? visitorId() : ''), ''),
    consent: safely((answer?: 'grant' | 'deny'): ConsentState => {
      const was = state()
      if (answer) write('c', answer)
      if (answer === 'deny') stop()
      if (answer && answer !== was) {
        restartPage()
        if (answer === 'grant') viewed(emit)
      }
      return state()
    }, 'deny'),
    push: safely((command) => {
      const verb = (api as unknown as Record<string, unknown>)[String(command[0])]
      if (typeof verb === 'function') verb(...command.slice(1))
    }, undefined),
  }
  ;(window as { hagukumi?: unknown }).hagukumi = api

  if (state() !== 'grant') stop()
  startQueue(safely(postTo(host, key), Promise.resolve(0)))
  watchPages((name, props) => {
    emit(name, props)
    if (name === 'page.viewed') lazily()
  }, leave)
  watchClicks(emit, leave)
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', lazily)
  if (mode !== 'off' && banner !== 'none' && !read('c')) load(host, 'notice.js')
  if (Array.isArray(before)) for (const command of before) api.push(command as unknown[])
}

const run = () => self && safely(start, undefined)(self)
// A page rendered ahead of time has not been seen by anybody yet.
if ((document as { prerendering?: boolean }).prerendering) document.addEventListener('prerenderingchange', run, { once: true })
else run()
