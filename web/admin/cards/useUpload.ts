import { useRef, useState } from 'react'
import { again, api } from '../api.ts'
import { type Photo, send } from './photos.ts'

export interface Failed {
  readonly photo: Photo
  readonly error: unknown
}

/** Sends pictures two at a time and keeps what was refused, with its reason. */
export function useUpload() {
  const [state, setState] = useState<{ sent: number; total: number; failed: Failed[] }>({ sent: 0, total: 0, failed: [] })
  const queue = useRef<{ batch: string; photo: Photo }[]>([])
  const running = useRef(0)
  const work = async (): Promise<void> => {
    running.current++
    for (let next = queue.current.shift(); next; next = queue.current.shift()) {
      const { batch, photo } = next
      await send(batch, photo).then(
        () => setState((now) => ({ ...now, sent: now.sent + 1 })),
        (error: unknown) => setState((now) => ({ ...now, sent: now.sent + 1, failed: [...now.failed, { photo, error }] })),
      )
    }
    running.current--
    if (running.current === 0) void again(api.cards.key())
  }
  const add = async (batch: string, photos: readonly Photo[]): Promise<void> => {
    // Backs go first: a card with its front is read at once.
    const sorted = [...photos].sort((a, b) => a.position - b.position || (a.side === 'back' ? -1 : 1))
    queue.current.push(...sorted.map((photo) => ({ batch, photo })))
    setState((now) => ({ ...now, total: now.total + photos.length }))
    const lanes: Promise<void>[] = []
    while (running.current < 2 && lanes.length < 2) lanes.push(work())
    await Promise.all(lanes)
  }
  const dismiss = (failed: Failed) => setState((now) => ({ ...now, failed: now.failed.filter((one) => one !== failed) }))
  const reset = () => setState({ sent: 0, total: 0, failed: [] })
  return { ...state, busy: state.sent < state.total, add, dismiss, reset }
}
