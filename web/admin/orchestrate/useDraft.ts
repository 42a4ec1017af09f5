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
}

const MOST_UNDO = 100
const PAUSE = 700

/** What the editor works on. */
export function useDraft(detail: ScenarioDetail) {
  const [history, setHistory] = useState<History>({ past: [], now: { name: detail.name, graph: detail.draft }, future: [] })
  const [saved, setSaved] = useState<Shown>(history.now)
  const [state, setState] = useState<{ saving: boolean; failed: unknown; at: string | null }>({ saving: false, failed: null, at: null })
  const revision = useRef(detail.revision)
  const running = useRef<Promise<void>>(Promise.resolve())

  const change = useCallback((make: (now: Shown) => Shown) => {
    setHistory(({ past, now }) => ({ past: [...past.slice(-MOST_UNDO), now], now: make(now), future: [] }))
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
    change,
    setGraph: useCallback((make: (graph: Graph) => Graph) => change((now) => ({ ...now, graph: make(now.graph) })), [change]),
    rename: useCallback((name: string) => change((now) => ({ ...now, name })), [change]),
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    dirty,
    ...state,
    /** Saves at once what is not saved yet; the revision to publish. */
    flush: async (): Promise<number> => {
      if (dirty) await save(history.now)
      else await running.current
      return revision.current
    },
  }
}

export type DraftState = ReturnType<typeof useDraft>
