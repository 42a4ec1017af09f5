import '../../segment/segment.css'
import { Button, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { leavesOf, type Rule } from '#loop/segment/rules/contract.ts'
import { again, api, client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Card, Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { PreviewCard } from '../../segment/PreviewCard.tsx'
import { RuleEditor } from '../../segment/RuleEditor.tsx'
import { isComplete } from '../../segment/ruleEdit.ts'
import { useWords } from '../../words/words.tsx'

/** The next version of the definition, with how many leads it means while it is written. */
export function MqlEditor({ rule: given, note: noted, onClose }: { rule: Rule; note: string; onClose: () => void }) {
  const t = useWords('qualify')
  const parts = useWords('parts')
  const toast = useToasts()
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const [rule, setRule] = useState<Rule>(given)
  const [note, setNote] = useState(noted)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const save = () => {
    setBusy(true)
    client.mql
      .propose({ rule, note })
      .then(({ proposed }) => {
        void again(api.mql.key())
        toast.done(t('proposedDone', { n: String(proposed?.version ?? '') }))
        onClose()
      }, setFailed)
      .finally(() => setBusy(false))
  }
  return (
    <>
      <PageTop title={t('mql')}>
        <Button variant="default" onClick={onClose}>
          {parts('cancel')}
        </Button>
        <Button loading={busy} disabled={!isComplete(rule) || leavesOf(rule).length === 0} onClick={save}>
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
            <ErrorNote error={failed ?? vocabulary.error} />
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
