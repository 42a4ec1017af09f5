// A template as it is written on the screen, the version it began from, and what a colleague saved meanwhile.
import { useRef, useState } from 'react'
import type { Draft, TemplateDetail } from '#loop/deliver/template/contract.ts'
import { again, api, client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { problemOf } from '../../problem.ts'
import { useWords } from '../../words/words.tsx'

interface Written {
  readonly name: string
  readonly draft: Draft
}

/** @returns `meeting` when a colleague's save is the reason of `failed`; `meet` has both ways out; `round` changes when other words are put in the place of these */
export function useTemplateDraft(template: TemplateDetail) {
  const t = useWords('deliver')
  const parts = useWords('parts')
  const toast = useToasts()
  const [name, setName] = useState(template.name)
  const [draft, setDraft] = useState<Draft>(template.draft)
  const [saved, setSaved] = useState(template)
  const [saving, setSaving] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const [round, setRound] = useState(0)
  const standing = useRef<Written>({ name, draft })
  standing.current = { name, draft }

  const put = (written: Written) => {
    setName(written.name)
    setDraft(written.draft)
    setRound((now) => now + 1)
  }
  const attempt = async (run: () => Promise<void>) => {
    setSaving(true)
    setFailed(null)
    try {
      await run()
    } catch (error) {
      setFailed(error)
    } finally {
      setSaving(false)
    }
  }
  /** Whoever saved after `base` is answered with a conflict, not overwritten. */
  const saveOver = async (base: TemplateDetail) => {
    const next = await client.templates.update({ id: template.id, name, draft, basedOn: base.version })
    setSaved({ ...next, name, draft })
    toast.done(next.edition > base.edition ? t('savedVersion', { n: next.edition }) : t('saved'))
    void again(api.templates.key())
  }
  const newest = () => client.templates.get({ id: template.id }) as Promise<TemplateDetail>
  const takeTheirs = async () => {
    const found = await newest()
    // Not what stood here at the click: one may have typed on until theirs was there.
    const mine = standing.current
    setSaved(found)
    put(found)
    toast.undo(parts('meet.loaded'), async () => put(mine))
  }
  return {
    name,
    setName,
    draft,
    setDraft,
    saved,
    saving,
    failed,
    round,
    dirty: name !== saved.name || JSON.stringify(draft) !== JSON.stringify(saved.draft),
    save: () => attempt(() => saveOver(saved)),
    meeting: problemOf(failed)?.code === 'template.changed',
    /** Out of a conflict: what the server has now (undo brings back what stood here), or ours saved over it. */
    meet: (whose: 'theirs' | 'mine') => attempt(whose === 'theirs' ? takeTheirs : async () => saveOver(await newest())),
  }
}
