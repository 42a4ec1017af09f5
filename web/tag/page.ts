// Page views, also of single-page apps, and how long and how far a page was read.

const IDLE = 30_000 // a person who does nothing for so long has stopped reading

let address = ''
let cameFrom = document.referrer
let engaged = 0
let reported = -1 // seconds already told; -1 before the first time
let mark = 0
let depth = 0
let open = false

type Emit = (name: string, props: object) => void

/** Watches the page. `emit` is given page.viewed and page.left; page.left carries the seconds in all and those since it was last said. */
export function watchPages(emit: Emit, leave: () => void): void {
  const look = () => {
    const now = location.pathname + location.search
    if (now !== address) viewed(emit)
  }
  for (const verb of ['pushState', 'replaceState'] as const) {
    const original = history[verb]
    const told = function (this: History, ...args: Parameters<typeof original>) {
      original.apply(this, args)
      setTimeout(look, 50) // the app sets its title after the address
    }
    try {
      history[verb] = told
    } catch {} // a frozen history still works; its page changes are told by popstate only
  }
  addEventListener('popstate', () => setTimeout(look, 50))
  for (const kind of ['scroll', 'mousemove', 'keydown', 'touchstart', 'click'])
    addEventListener(kind, read, { passive: true, capture: true })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden') mark = Date.now()
    else {
      left(emit)
      leave()
    }
  })
  addEventListener('pagehide', () => {
    left(emit)
    leave()
  })
  look()
}

/** One page view now, by the tag itself or by hand. The page before it is left first. */
export function viewed(emit: Emit, props?: object): void {
  left(emit)
  const url = location.href
  address = location.pathname + location.search
  engaged = depth = 0
  reported = -1
  mark = Date.now()
  open = true
  emit('page.viewed', { title: document.title, referrer: cameFrom, ...props, url })
  cameFrom = url
}

/** Starts over after consent was given or taken away. */
export function restartPage(): void {
  open = false
  address = ''
}

let lastLook = 0
function read(): void {
  const now = Date.now()
  if (now - lastLook < 200) return
  lastLook = now
  count(now)
  const root = document.documentElement
  depth = Math.max(depth, Math.min(100, Math.round(((scrollY + innerHeight) / root.scrollHeight) * 100)))
}

function count(now: number): void {
  if (document.visibilityState !== 'hidden') engaged += Math.min(now - mark, IDLE)
  mark = now
}

function left(emit: Emit): void {
  if (!open) return
  if (!depth) read()
  const now = Date.now()
  engaged += Math.max(0, Math.min(now - mark, IDLE))
  mark = now
  const all = Math.round(engaged / 1000)
  if (all <= reported) return
  emit('page.left', { engaged: all, more: all - Math.max(0, reported), scroll: depth, url: cameFrom })
  reported = all
}
