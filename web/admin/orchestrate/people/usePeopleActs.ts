// What a hand can do about people on their way; what can be taken back offers to.
import { again, api, client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'

/** Somebody's run. */
export interface SomeRun {
  readonly person: string
  readonly run: string
}

/** The acts on people of one scenario; each is followed by reading lists and numbers again. */
export function usePeopleActs(id: string, then: () => void) {
  const t = useWords('scenarioPeople')
  const toast = useToasts()
  const refresh = async () => {
    then()
    await again(api.scenarios.people.key(), api.scenarios.counts.key(), api.scenarios.runs.key())
  }
  const putBack = (back: readonly (SomeRun & { readonly to: string })[]) => async () => {
    await client.scenarios.putBackPeople({ id, runs: [...back] })
    await refresh()
  }
  /** People who were moved go back to where each of them stood. */
  const moveBack = (back: readonly (SomeRun & { readonly to: string })[]) => async () => {
    for (const to of new Set(back.map((one) => one.to))) {
      const runs = back.filter((one) => one.to === to).map(({ person, run }) => ({ person, run }))
      await client.scenarios.movePeople({ id, runs, to })
    }
    await refresh()
  }
  const counted = (done: number, of: number, words: string) => (done < of ? `${words} ${t('acts.others', { n: of - done })}` : words)
  return {
    move: (runs: readonly SomeRun[], to: string | null, name: string) =>
      client.scenarios.movePeople({ id, runs: [...runs], to }).then(async ({ moved, back }) => {
        const words = counted(moved, runs.length, t('acts.moved', { n: moved, to: name }))
        if (back.length) toast.undo(words, moveBack(back))
        else toast.done(words)
        await refresh()
      }, toast.failed),
    hurry: (runs: readonly SomeRun[]) =>
      client.scenarios.hurryPeople({ id, runs: [...runs] }).then(async ({ moved }) => {
        toast.done(counted(moved, runs.length, t('acts.hurried', { n: moved })))
        await refresh()
      }, toast.failed),
    retry: (runs: readonly SomeRun[], step: string | undefined) =>
      client.scenarios.retryPeople({ id, runs: [...runs], ...(step === undefined ? {} : { step }) }).then(async ({ tried }) => {
        toast.done(counted(tried, runs.length, t('acts.retried', { n: tried })))
        await refresh()
      }, toast.failed),
    remove: (runs: readonly SomeRun[]) =>
      client.scenarios.removePeople({ id, runs: [...runs] }).then(async ({ removed, back }) => {
        const words = counted(removed, runs.length, t('acts.removed', { n: removed }))
        if (back.length) toast.undo(words, putBack(back))
        else toast.done(words)
        await refresh()
      }, toast.failed),
  }
}

export type PeopleActs = ReturnType<typeof usePeopleActs>
