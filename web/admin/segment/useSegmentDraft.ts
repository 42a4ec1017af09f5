// A segment as it is written on the screen, the version of its rule that it began from, and what a colleague saved meanwhile.
import { useRef, useState } from 'react'
import { type Rule, rule as ruleSchema } from '#loop/segment/rules/contract.ts'
import { api, client, queries } from '../api.ts'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { problemOf } from '../problem.ts'
import { useWords } from '../words/words.tsx'

export type Segment = Awaited<ReturnType<typeof client.segments.get>>

/** What a segment says of itself, as it can be saved. */
export interface Written {
  readonly name: string
  readonly description: string
  readonly audience: 'leads' | 'everyone'
  readonly rule: Rule
}
type Draft = Written & { readonly startsScenarios: boolean } & Record<string, unknown>

/** What the server has: the newest rule, even while it is still computed. */
export const writtenOf = ({ name, description, audience, rule, filling }: Segment): Written => ({
  name,
  description,
  audience,
  rule: ruleSchema.parse(filling?.rule ?? rule),
})
const versionOf = (segment: Segment | null): number | undefined => segment?.filling?.version ?? segment?.liveVersion ?? undefined

/**
 * @param segment as it was when the page opened; null for a new one
 * @returns `meeting` when a colleague's change is the reason of `form.failed`; `meet` has both ways out
 */
export function useSegmentDraft(segment: Segment | null, start: Written, done: (saved: Segment) => void) {
  const toast = useToasts()
  const t = useWords('parts')
  // The rule as it was given: whoever counts it sees by its identity whether it changed, and the form copies.
  const [rule, setRule] = useState(start.rule)
  // What somebody else changes after this version is answered with a conflict, not overwritten.
  const basedOn = useRef(versionOf(segment))
  const form = useProblemForm<Draft>({ initialValues: { ...start, startsScenarios: false } })

  const save = (values: Draft): Promise<Segment> =>
    segment
      ? client.segments.change({ id: segment.id, ...values, ...(basedOn.current !== undefined && { basedOn: basedOn.current }) })
      : client.segments.create(values)
  const put = (written: Written) => {
    setRule(written.rule)
    form.setValues({ ...written })
  }
  const newest = async (id: string): Promise<Segment> => {
    const found = await client.segments.get({ id })
    basedOn.current = versionOf(found)
    return found
  }
  /** Out of a conflict: what the server has now (undo brings back what stood here), or ours saved over it. */
  const meet = (whose: 'theirs' | 'mine') => {
    if (!segment) return
    if (whose === 'mine') return form.send((values) => newest(segment.id).then(() => save(values)), done)()
    const mine = { ...form.getValues(), rule }
    form.send(
      () => newest(segment.id),
      (found) => {
        queries.setQueryData(api.segments.get.queryKey({ input: { id: segment.id } }), found)
        put(writtenOf(found))
        toast.undo(t('meet.loaded'), async () => put(mine))
      },
    )()
  }
  return {
    form,
    rule,
    setRule: (to: Rule) => {
      setRule(to)
      form.setFieldValue('rule', to)
    },
    send: form.send(save, done),
    meeting: problemOf(form.failed)?.code === 'segment.changed',
    meet,
  }
}
