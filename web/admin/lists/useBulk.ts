import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'

type Start = Parameters<typeof client.bulk.start>[0]
export type Act = Start['act']

/** Whom a change is about: leads by id, or all that a filter matches. */
export interface Target {
  readonly ids: readonly string[]
  readonly filter: object
  readonly isAll: boolean
}

const ENDED: ReadonlySet<string> = new Set(['done', 'cancelled', 'failed', 'undone'])
const EVERY_MS = 300
const SHORT_MS = 6_000

const wait = (ms: number) => new Promise((then) => setTimeout(then, ms))

/** Follows an act as long as people wait for a button; a long one goes on by itself. */
async function followed(id: string) {
  for (let waited = 0; ; waited += EVERY_MS) {
    const act = await client.bulk.get({ id })
    if (ENDED.has(act.state) || waited >= SHORT_MS) return act
    await wait(EVERY_MS)
  }
}

/** Changes many leads; the toast takes it back. */
export function useBulk() {
  const l = useWords('lists')
  const toast = useToasts()
  const tell = async () => {
    await Promise.all([again(api.leads.key()), again(api.bulk.key())])
  }
  return async (act: Act, { ids, filter, isAll }: Target): Promise<void> => {
    try {
      const made = await client.bulk.start({ act, ...(isAll ? { filter } : { ids: [...ids] }) } as Start)
      const now = await followed(made.id)
      await tell()
      const name = l(`acts.${act.kind}`)
      if (!ENDED.has(now.state)) return toast.done(l('bulkRunning', { act: name }))
      if (now.state === 'failed') return toast.failed(new Error(now.failure ?? ''))
      if (now.changed === 0) return toast.done(l('bulkNothing'))
      const said = l('bulkDone', { act: name, n: now.changed })
      if (!now.mayUndo) return toast.done(said)
      toast.undo(said, async () => {
        await client.bulk.undo({ id: now.id })
        await followed(now.id)
        await tell()
      })
    } catch (error) {
      toast.failed(error)
    }
  }
}
