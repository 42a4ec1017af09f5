import { Button, Modal } from '@mantine/core'
import { Maximize, RotateCw } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useWords } from '../words/words.tsx'
import type { Detail, Side } from './card.ts'
import { pictureUrl } from './photos.ts'

type Point = { x: number; y: number }
type Quad = [Point, Point, Point, Point]

const WHOLE: Quad = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
]
const GUESS: Quad = [
  { x: 0.1, y: 0.15 },
  { x: 0.9, y: 0.15 },
  { x: 0.9, y: 0.85 },
  { x: 0.1, y: 0.85 },
]
const KEYS = ['0', '1', '2', '3'] as const
const within = (n: number): number => Math.min(1, Math.max(0, n))

/** The photo with a handle on each corner of the card: for cluttered tables, where the machine cannot tell card from ground. */
export function Corners({ card, side, onClose }: { card: Detail; side: Side; onClose: () => void }) {
  const t = useWords('cards')
  const board = useRef<HTMLDivElement>(null)
  const [quad, setQuad] = useState<Quad>(() => (card.seen[side]?.corners as Quad | null | undefined) ?? GUESS)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const move = (index: number, to: Point) =>
    setQuad((now) => now.map((point, i) => (i === index ? { x: within(to.x), y: within(to.y) } : point)) as Quad)
  const drag = (index: number) => (e: PointerEvent<HTMLButtonElement>) => {
    const box = board.current?.getBoundingClientRect()
    if (!box || !e.currentTarget.hasPointerCapture(e.pointerId)) return
    move(index, { x: (e.clientX - box.left) / box.width, y: (e.clientY - box.top) / box.height })
  }
  const nudge = (index: number) => (e: KeyboardEvent) => {
    const step = e.shiftKey ? 0.02 : 0.004
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[e.key]
    const at = quad[index]
    if (!by || !at) return
    e.preventDefault()
    e.stopPropagation()
    move(index, { x: at.x + (by[0] ?? 0), y: at.y + (by[1] ?? 0) })
  }
  const read = async () => {
    setBusy(true)
    setFailed(null)
    try {
      await client.cards.reread({ id: card.id, side, corners: quad })
      await again(api.cards.key())
      onClose()
    } catch (error) {
      setFailed(error)
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} size="xl" title={t('corners')}>
      <div className="stack">
        <p className="muted">{t('cornersHint')}</p>
        <div className="corner-board" ref={board}>
          <img src={pictureUrl(card, side, 'photo')} alt={t('pictureAlt', { side: t(side) })} draggable={false} />
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            <polygon points={quad.map((p) => `${p.x * 100},${p.y * 100}`).join(' ')} />
          </svg>
          {KEYS.map((key, index) => (
            <button
              key={key}
              type="button"
              className={index === 0 ? 'corner-handle first' : 'corner-handle'}
              aria-label={t(`corner.${key}`)}
              style={{ left: `${(quad[index]?.x ?? 0) * 100}%`, top: `${(quad[index]?.y ?? 0) * 100}%` }}
              onPointerDown={(e) => e.currentTarget.setPointerCapture(e.pointerId)}
              onPointerMove={drag(index)}
              onKeyDown={nudge(index)}
            />
          ))}
        </div>
        <ErrorNote error={failed} />
        <div className="row wrap">
          <Button variant="default" leftSection={<RotateCw size={15} />} onClick={() => setQuad(([a, b, c, d]) => [d, a, b, c])}>
            {t('rotate')}
          </Button>
          <Button variant="default" leftSection={<Maximize size={15} />} onClick={() => setQuad(WHOLE)}>
            {t('whole')}
          </Button>
          <Button className="push" loading={busy} onClick={() => void read()}>
            {t('readAgain')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
