// The rules on the screen, the saved ones they began from, and what a colleague saved meanwhile.
import { useEffect, useState } from 'react'
import type { ScoreRule, ScoreSettings } from '#loop/score/rules/contract.ts'
import { again, api, client, queries } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { problemOf } from '../problem.ts'
import { useWords } from '../words/words.tsx'
import type { Model } from './HeatInput.tsx'

/** The table as it can be saved. */
export interface Written {
  readonly rules: ScoreRule[]
  readonly settings: ScoreSettings
}

const list = api.scores.list.queryKey({ input: {} })
/** What the table shows; while new rules are put in force, those still in force. */
const shownOf = (model: Model): { readonly revision: string | null; readonly written: Written | null } => {
  const saved = model.draft ?? model.live
  return { revision: saved?.revision ?? null, written: saved && { rules: [...saved.rules], settings: saved.settings } }
}

/**
 * @param start what a table begins with that was never saved; it counts as unsaved when `isNew`
 * @returns `run` for whatever the server is asked: what it refuses is `failed`, and `meeting` when a colleague's change is the reason
 */
export function useRules(model: Model, start: Written, isNew: boolean) {
  const { name } = model
  const toast = useToasts()
  const t = useWords('parts')
  const [base, setBase] = useState(() => shownOf(model))
  const [now, setNow] = useState<Written>(base.written ?? start)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const dirty = base.written
    ? JSON.stringify([now.rules, now.settings]) !== JSON.stringify([base.written.rules, base.written.settings])
    : isNew

  const take = (found: Model) => {
    const shown = shownOf(found)
    setBase(shown)
    setNow(shown.written ?? start)
  }
  // A colleague saved: whoever has nothing of their own on the screen sees it at once.
  useEffect(() => {
    const newest = queries.getQueryData(list)?.items.find((one) => one.name === name) ?? model
    if (newest.revision !== base.revision && newest.revision !== null && !newest.filling && !dirty && !busy) take(newest as Model)
  })

  const run = (act: () => Promise<unknown>, then: () => void = () => undefined): Promise<void> => {
    setBusy(true)
    setFailed(null)
    return act()
      .then(() => again(api.scores.list.key()))
      .then(then, setFailed)
      .finally(() => setBusy(false))
  }
  const save = async (basedOn = base.revision): Promise<string | null> => {
    const saved = (await client.scores.saveDraft({ name, ...now, basedOn })) as Model
    setBase(shownOf(saved))
    return saved.revision
  }
  const newest = async (): Promise<Model> => {
    const found = (await client.scores.list({})).items.find((one) => one.name === name)
    if (!found) throw new Error(t('errors.missing'))
    return found as Model
  }
  /** Out of a conflict: what the server has now (undo brings back what stood here), or ours saved over it. */
  const meet = (whose: 'theirs' | 'mine') =>
    run(async () => {
      const found = await newest()
      if (whose === 'mine') return void (await save(found.revision))
      const mine = now
      take(found)
      toast.undo(t('meet.loaded'), async () => setNow(mine))
    })
  return {
    ...now,
    setRules: (rules: ScoreRule[]) => setNow({ ...now, rules }),
    setSettings: (settings: ScoreSettings) => setNow({ ...now, settings }),
    dirty,
    busy,
    failed,
    meeting: problemOf(failed)?.code === 'score.changed',
    run,
    save,
    /** Saves what is not saved yet; the revision of what stands here. */
    settle: async () => (dirty ? save() : base.revision),
    drop: async () => take((await client.scores.dropDraft({ name, basedOn: base.revision })) as Model),
    meet,
  }
}
