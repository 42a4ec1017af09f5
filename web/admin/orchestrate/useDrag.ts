// A step dragged to another place. Nothing is drawn by React while the pointer moves: a copy of the node follows it,
// and a bar shows where it would go, so that a scenario of two hundred steps drags as one of two.
import type { ReactFlowInstance } from '@xyflow/react'
import { type PointerEvent as ReactPointerEvent, useEffect, useEffectEvent, useRef } from 'react'
import { END, GOAL, type Place, START } from './edit.ts'
import { type Spot, WIDTH } from './layout.ts'

const STARTS_AT = 6
const REACH = 170
const BORDER = 56
const FASTEST = 16

interface DragOf {
  readonly flow: ReactFlowInstance
  /** Where a step may go to. Asked once, when the drag begins. */
  readonly spotsFor: (id: string) => { readonly ids: readonly string[]; readonly spots: readonly Spot[] }
  readonly onDrop: (ids: readonly string[], place: Place) => void
}

interface Held {
  readonly node: HTMLElement
  readonly id: string
  readonly from: { x: number; y: number }
  at: { x: number; y: number }
  run: Running | null
}
interface Running {
  readonly ids: readonly string[]
  readonly spots: readonly Spot[]
  readonly ghost: HTMLElement
  readonly bar: HTMLElement
  readonly box: DOMRect
  spot: Spot | null
  frame: number
}

/** Handlers for the canvas; `dragged` is true for the click that ends a drag. */
export function useDrag(canEdit: boolean, { flow, spotsFor, onDrop }: DragOf) {
  const held = useRef<Held | null>(null)
  const dragged = useRef(false)
  const end = useEffectEvent((drop: boolean) => {
    const run = held.current?.run
    if (held.current && run) put(held.current, run)
    held.current = null
    if (!run) return
    dragged.current = true
    setTimeout(() => {
      dragged.current = false
    }, 0)
    if (drop && run.spot) onDrop(run.ids, run.spot.place)
  })
  const move = useEffectEvent((event: PointerEvent) => {
    const it = held.current
    if (!it) return
    it.at = { x: event.clientX, y: event.clientY }
    if (!it.run) {
      if (Math.hypot(it.at.x - it.from.x, it.at.y - it.from.y) < STARTS_AT) return
      it.run = begin(it, spotsFor(it.id))
    }
    const { run } = it
    if (!run.frame) run.frame = requestAnimationFrame(() => draw(flow, it, run))
  })
  useEffect(() => {
    const onMove = (event: PointerEvent) => move(event)
    const onUp = () => end(true)
    const onCancel = () => end(false)
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && end(false)
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onUp)
    window.addEventListener('pointercancel', onCancel)
    window.addEventListener('keydown', onKey, true)
    return () => {
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onUp)
      window.removeEventListener('pointercancel', onCancel)
      window.removeEventListener('keydown', onKey, true)
    }
  }, [])

  const onPointerDown = (event: ReactPointerEvent): void => {
    const target = event.target as HTMLElement
    const node = target.closest<HTMLElement>('.react-flow__node-step')
    const id = node?.dataset['id']
    if (!canEdit || event.button !== 0 || !node || !id || target.closest('button')) return
    if (id === START || id === END || id === GOAL) return
    const from = { x: event.clientX, y: event.clientY }
    held.current = { node, id, from, at: from, run: null }
  }
  return { onPointerDown, dragged }
}

/** The copy that follows the pointer, and the bar. */
function begin({ node }: Held, { ids, spots }: ReturnType<DragOf['spotsFor']>): Running {
  const canvas = canvasOf(node)
  const ghost = document.createElement('div')
  ghost.className = 'sc-ghost'
  const copy = node.querySelector('.fn')?.cloneNode(true)
  if (copy) ghost.append(copy)
  const bar = document.createElement('div')
  bar.className = 'sc-bar'
  canvas.append(bar, ghost)
  canvas.dataset['dragging'] = 'yes'
  node.dataset['held'] = 'yes'
  return { ids, spots, ghost, bar, box: canvas.getBoundingClientRect(), spot: null, frame: 0 }
}

function put({ node }: Held, { frame, ghost, bar }: Running): void {
  cancelAnimationFrame(frame)
  delete canvasOf(node).dataset['dragging']
  delete node.dataset['held']
  ghost.remove()
  bar.remove()
}

const canvasOf = (node: HTMLElement): HTMLElement =>
  node.closest<HTMLElement>('.sc-canvas') ?? document.querySelector<HTMLElement>('.sc-canvas') ?? document.body

/** One frame: the canvas moves near its border, the copy follows, the bar stands at the nearest place. */
function draw(flow: ReactFlowInstance, it: Held, run: Running): void {
  const view = flow.getViewport()
  const pan = panOf(it.at, run.box)
  const moves = pan.x !== 0 || pan.y !== 0
  if (moves) void flow.setViewport({ ...view, x: view.x + pan.x, y: view.y + pan.y })
  const { x, y, zoom } = flow.getViewport()
  const at = { x: it.at.x - run.box.left, y: it.at.y - run.box.top }
  run.spot = nearest(run.spots, { x: (at.x - x) / zoom, y: (at.y - y) / zoom }, REACH / zoom)
  run.ghost.style.transform = `translate(${at.x + 10}px,${at.y + 8}px) scale(${Math.min(1, zoom)})`
  run.bar.style.display = run.spot ? 'block' : 'none'
  if (run.spot) {
    const width = WIDTH * zoom
    run.bar.style.width = `${width}px`
    run.bar.style.transform = `translate(${run.spot.x * zoom + x - width / 2}px,${run.spot.y * zoom + y - 3}px)`
  }
  run.frame = moves ? requestAnimationFrame(() => draw(flow, it, run)) : 0
}

/** How far the canvas moves in a frame while the pointer is near its border. */
function panOf(at: { x: number; y: number }, box: DOMRect): { x: number; y: number } {
  const pull = (near: number, far: number) => (near < BORDER ? speed(BORDER - near) : far < BORDER ? -speed(BORDER - far) : 0)
  return { x: pull(at.x - box.left, box.right - at.x), y: pull(at.y - box.top, box.bottom - at.y) }
}
const speed = (into: number): number => Math.min(FASTEST, Math.ceil((into / BORDER) * FASTEST))

function nearest(spots: readonly Spot[], at: { x: number; y: number }, reach: number): Spot | null {
  let best: Spot | null = null
  let least = reach
  for (const spot of spots) {
    // A line is as wide as a node: pointing anywhere over it is pointing at it.
    const away = Math.hypot(Math.max(0, Math.abs(spot.x - at.x) - WIDTH / 2), spot.y - at.y)
    if (away < least) {
      least = away
      best = spot
    }
  }
  return best
}
