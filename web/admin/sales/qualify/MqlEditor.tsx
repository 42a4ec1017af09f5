import '../../segment/segment.css'
import { Button, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { MqlDefinition } from '#loop/sales/qualify/mql/contract.ts'
import { leavesOf, type Rule } from '#loop/segment/rules/contract.ts'
import { again, api, client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Meeting } from '../../parts/Meeting.tsx'
import { Card, Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { problemOf } from '../../problem.ts'
import { PreviewCard } from '../../segment/PreviewCard.tsx'
import { RuleEditor } from '../../segment/RuleEditor.tsx'
import { isComplete } from '../../segment/ruleEdit.ts'
import { STARTERS } from '../../segment/Starters.tsx'
import { useWords } from '../../words/words.tsx'

/** What an edit begins with: the proposal, else the version in force, else a definition to begin from. */
const writtenOf = ({ proposed, live }: MqlDefinition): { rule: Rule; note: string } => ({
  rule: (proposed ?? live)?.rule ?? STARTERS.hotScore,
  note: proposed?.note ?? '',
})

/** The next version of the definition, with how many leads it means while it is written. */
export function MqlEditor({ definition, onClose }: { definition: MqlDefinition; onClose: () => void }) {
  const t = useWords('qualify')
  const parts = useWords('parts')
  const toast = useToasts()
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const [first] = useState(() => writtenOf(definition))
  const [rule, setRule] = useState(first.rule)
  const [note, setNote] = useState(first.note)
  const basedOn = useRef(definition.revision)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const run = (act: () => Promise<unknown>) => {
    setBusy(true)
    setFailed(null)
    act()
      .catch(setFailed)
      .finally(() => setBusy(false))
  }
  const save = async () => {
    const { proposed } = await client.mql.propose({ rule, note, basedOn: basedOn.current })
    void again(api.mql.key())
    toast.done(t('proposedDone', { n: String(proposed?.version ?? '') }))
    onClose()
  }
  /** What a colleague proposed meanwhile: taken over (undo brings back what stood here), or ours put in its place. */
  const meet = async (whose: 'theirs' | 'mine') => {
    const found = await client.mql.get({})
    basedOn.current = found.revision
    if (whose === 'mine') return save()
    const put = (written: { rule: Rule; note: string }) => {
      setRule(written.rule)
      setNote(written.note)
    }
    put(writtenOf(found as MqlDefinition))
    toast.undo(parts('meet.loaded'), async () => put({ rule, note }))
  }
  return (
    <>
      <PageTop title={t('mql')}>
        <Button variant="default" onClick={onClose}>
          {parts('cancel')}
        </Button>
        <Button loading={busy} disabled={!isComplete(rule) || leavesOf(rule).length === 0} onClick={() => run(save)}>
          {t('propose')}
        </Button>
      </PageTop>
      <Page>
        <div className="segment-edit">
          <div className="stack">
            {vocabulary.data ? (
              <RuleEditor value={rule} onChange={setRule} vocabulary={vocabulary.data} />
            ) : (
              !vocabulary.error && <Skeletons rows={3} height={44} />
            )}
            {problemOf(failed)?.code === 'mql.changed' ? (
              <Meeting error={failed} busy={busy} onTheirs={() => run(() => meet('theirs'))} onMine={() => run(() => meet('mine'))} />
            ) : (
              <ErrorNote error={failed ?? vocabulary.error} />
            )}
            <Card>
              <Textarea
                label={t('note')}
                placeholder={t('notePlaceholder')}
                autosize
                minRows={2}
                maxLength={1000}
                value={note}
                onChange={(event) => setNote(event.currentTarget.value)}
              />
            </Card>
          </div>
          <PreviewCard rule={rule} audience="leads" />
        </div>
      </Page>
    </>
  )
}
