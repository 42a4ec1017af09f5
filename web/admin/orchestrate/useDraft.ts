// The draft on the screen: edited at once, undone and redone, saved by itself a moment later.
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import type { Graph } from '#loop/orchestrate/graph/contract.ts'
import { api, client, queries } from '../api.ts'

interface Shown {
  readonly name: string
  readonly graph: Graph
}
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
  const [saved, setSaved] = useState<Shown>(history.now)
  const [state, setState] = useState<{ saving: boolean; failed: unknown; at: string | null }>({ saving: false, failed: null, at: null })
  const revision = useRef(detail.revision)
  const running = useRef<Promise<void>>(Promise.resolve())

  const save = useCallback(
    (shown: Shown): Promise<void> => {
      // One save after the other: each carries the revision that the one before gave back.
      running.current = running.current.then(async () => {
        setState((s) => ({ ...s, saving: true }))
        try {
          const answer = await client.scenarios.save({
            id: detail.id,
            name: shown.name.trim() || detail.name,
            graph: shown.graph,
            revision: revision.current,
          })
          revision.current = answer.revision
          queries.setQueryData(api.scenarios.get.queryKey({ input: { id: detail.id } }), answer as never)
          setSaved(shown)
          setState({ saving: false, failed: null, at: answer.changedAt })
        } catch (failed) {
          setState({ saving: false, failed, at: null })
        }
      })
      return running.current
    },
    [detail.id, detail.name],
  )

  const dirty = history.now !== saved
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
    rename: useCallback((name: string) => change((now) => ({ ...now, name }), 'name'), [change]),
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    dirty,
    ...state,
    /** Saves at once what is not saved yet; the revision to publish. */
    flush: useCallback(async (): Promise<number> => {
      if (dirty) await save(history.now)
      else await running.current
      return revision.current
    }, [dirty, history.now, save]),
  }
}

export type DraftState = ReturnType<typeof useDraft>
