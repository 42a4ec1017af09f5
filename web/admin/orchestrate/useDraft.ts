// The draft on the screen: edited at once, undone and redone, saved by itself a moment later.
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import type { Graph } from '#loop/orchestrate/graph/contract.ts'
import { type Shown, useSaving } from './useSaving.ts'

interface History {
  readonly past: readonly Shown[]
  readonly now: Shown
  readonly future: readonly Shown[]
  /** What was changed last, and when: typing in one place is one step of undo. */
  readonly last?: { readonly what: string; readonly at: number }
}

const MOST_UNDO = 100
const PAUSE = 700
const ONE_CHANGE = 1_500

/** What was on the screen before, is now, and was undone. */
function useHistory(first: Shown) {
  const [history, setHistory] = useState<History>({ past: [], now: first, future: [] })
  const change = useCallback((make: (now: Shown) => Shown, what?: string) => {
    const at = Date.now()
    setHistory((h) => {
      const next = make(h.now)
      if (next === h.now) return h
      const goesOn = what !== undefined && h.last?.what === what && at - h.last.at < ONE_CHANGE
      const past = goesOn ? h.past : [...h.past.slice(-MOST_UNDO), h.now]
      return { past, now: next, future: [], ...(what === undefined ? {} : { last: { what, at } }) }
    })
  }, [])
  const undo = useCallback(() => {
    setHistory((h) => {
      const before = h.past.at(-1)
      return before ? { past: h.past.slice(0, -1), now: before, future: [h.now, ...h.future] } : h
    })
  }, [])
  const redo = useCallback(() => {
    setHistory((h) => {
      const [after, ...rest] = h.future
      return after ? { past: [...h.past, h.now], now: after, future: rest } : h
    })
  }, [])
  return { history, change, undo, redo }
}

/** What the editor works on. */
export function useDraft(detail: ScenarioDetail) {
  const { history, change, undo, redo } = useHistory({ name: detail.name, graph: detail.draft })
  const { dirty, save, meet, settle, ...state } = useSaving(detail, history.now, change)
  const shown = useRef(history.now.graph)
  useEffect(() => {
    shown.current = history.now.graph
  })
  useEffect(() => {
    if (!dirty) return
    const timer = setTimeout(() => void save(history.now), PAUSE)
    return () => clearTimeout(timer)
  }, [dirty, history.now, save])

  return {
    ...history.now,
    /** @param what names what is being typed at, so that a word is undone at once and not letter by letter */
    setGraph: useCallback(
      (make: (graph: Graph) => Graph, what?: string) =>
        change((now) => {
          const graph = make(now.graph)
          return graph === now.graph ? now : { ...now, graph }
        }, what),
      [change],
    ),
    /** Puts `to` in the place of `from`. @returns false when something else stands there by now, which stays */
    swap: useCallback(
      (from: Graph, to: Graph): boolean => {
        if (shown.current !== from) return false
        change((now) => (now.graph === from ? { ...now, graph: to } : now))
        return true
      },
      [change],
    ),
    rename: useCallback((name: string) => change((now) => ({ ...now, name }), 'name'), [change]),
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    dirty,
    ...state,
    retry: useCallback(() => save(history.now), [history.now, save]),
    meet,
    /** Saves at once what is not saved yet; the revision to publish. @throws when it cannot be saved: what is older is not published instead */
    flush: useCallback(async (): Promise<number> => {
      const failed = dirty ? await save(history.now) : null
      if (failed) throw failed
      return settle()
    }, [dirty, history.now, save, settle]),
  }
}

export type DraftState = ReturnType<typeof useDraft>
