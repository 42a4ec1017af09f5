// How the draft on the screen gets to the server and back: one save after the other, on leaving too, and what a colleague saved meanwhile.
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import type { Graph } from '#loop/orchestrate/graph/contract.ts'
import { api, client, queries } from '../api.ts'
import { useLive } from '../live.ts'

/** What stands on the screen. */
export interface Shown {
  readonly name: string
  readonly graph: Graph
}

/** Leaving the page must not lose the last words; closing it asks first. */
function useLeaving(dirty: boolean, save: () => void) {
  const leave = useRef<() => void>(() => undefined)
  useEffect(() => {
    leave.current = () => dirty && save()
  })
  useEffect(() => () => leave.current(), [])
  useEffect(() => {
    if (!dirty) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [dirty])
}

/**
 * Saves what is shown, and notices what somebody else saved.
 * @param take puts something else on the screen, as a change that can be undone
 */
export function useSaving(detail: ScenarioDetail, now: Shown, take: (make: () => Shown) => void) {
  const { id, name } = detail
  const [saved, setSaved] = useState<Shown>(now)
  const [state, setState] = useState<{ saving: boolean; failed: unknown; at: string | null }>({ saving: false, failed: null, at: null })
  const revision = useRef(detail.revision)
  const running = useRef<Promise<unknown>>(Promise.resolve())

  /** @returns why it could not be saved; null when it was */
  const save = useCallback(
    (shown: Shown): Promise<unknown> => {
      // One save after the other: each carries the revision that the one before gave back.
      running.current = running.current.then(async () => {
        setState((s) => ({ ...s, saving: true }))
        try {
          const answer = await client.scenarios.save({
            id,
            name: shown.name.trim() || name,
            graph: shown.graph,
            revision: revision.current,
          })
          revision.current = answer.revision
          keep(answer)
          setSaved(shown)
          setState({ saving: false, failed: null, at: answer.changedAt })
          return null
        } catch (failed) {
          setState({ saving: false, failed, at: null })
          return failed
        }
      })
      return running.current
    },
    [id, name],
  )

  /** What the server has now: taken over (undo brings back what stood here), or the ground on which ours is saved again. */
  const meet = async (whose: 'theirs' | 'mine') => {
    try {
      const found = (await client.scenarios.get({ id })) as unknown as ScenarioDetail
      revision.current = found.revision
      if (whose === 'mine') return void (await save(now))
      const theirs = { name: found.name, graph: found.draft }
      keep(found)
      take(() => theirs)
      setSaved(theirs)
      setState({ saving: false, failed: null, at: found.changedAt })
    } catch (failed) {
      setState({ saving: false, failed, at: null })
    }
  }

  const dirty = now !== saved
  useLeaving(dirty, () => void save(now))
  // A colleague saved: whoever has nothing of their own on the screen sees it at once.
  useLive('scenario', (payload) => {
    const told = (payload as { id?: string; revision?: number } | null) ?? {}
    if (told.id === id && told.revision !== undefined && told.revision > revision.current && !dirty && !state.saving) void meet('theirs')
  })

  /** Waits for a save that is on its way. @returns the revision the server has */
  const settle = useCallback(async (): Promise<number> => {
    await running.current
    return revision.current
  }, [])
  return { ...state, dirty, save, meet, settle }
}

const keep = (answer: { readonly id: string }): void =>
  void queries.setQueryData(api.scenarios.get.queryKey({ input: { id: answer.id } }), answer as never)
