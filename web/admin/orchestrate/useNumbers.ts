// The live numbers of a scenario, read again when the server says that somebody moved.
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { api, queries } from '../api.ts'
import { useLive } from '../live.ts'

const REST = 1_000

/** What became of the mails of a step; null where nobody knows. */
export interface MailNumbers {
  readonly sent: number
  readonly opened: number | null
  readonly clicked: number | null
  readonly held: number
}

/** Counts by `step/way`, people standing by step, mails by step. The same object as long as nothing changed. */
export function useNumbers(id: string) {
  const options = api.scenarios.counts.queryOptions({ input: { id } })
  const { data, isPending } = useQuery({ ...options, refetchInterval: 30_000 })
  const waiting = useRef(false)
  // A busy scenario is announced many times a second; the screen follows once a second.
  useLive('scenario', (payload) => {
    const about = (payload as { id?: string; missed?: boolean } | null) ?? {}
    if (waiting.current || (about.id !== undefined && about.id !== id)) return
    waiting.current = true
    setTimeout(() => {
      waiting.current = false
      void queries.invalidateQueries({ queryKey: options.queryKey })
    }, REST)
  })
  return useMemo(
    () => ({
      /** Nodes grow with their numbers: the canvas waits for them, so that nothing jumps. */
      ready: !isPending,
      ways: new Map(data?.ways.map(({ step, way, n }) => [`${step}/${way}`, n])),
      waiting: new Map(data?.waiting.map(({ step, n }) => [step, n])),
      mails: new Map<string, MailNumbers>(data?.mails.map((mail) => [mail.step, mail])),
    }),
    [data, isPending],
  )
}

export type Numbers = ReturnType<typeof useNumbers>
