import './segment.css'
import { Button, Checkbox, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { again, api } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Meeting } from '../parts/Meeting.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, viewOf } from '../parts/view.ts'
import { useWords } from '../words/words.tsx'
import { PreviewCard } from './PreviewCard.tsx'
import { RuleEditor } from './RuleEditor.tsx'
import { EVERYBODY, isComplete } from './ruleEdit.ts'
import { isStarter, STARTERS } from './Starters.tsx'
import { type Segment, useSegmentDraft, type Written, writtenOf } from './useSegmentDraft.ts'

const view = viewOf({ from: maybeText })

/** A new segment. */
export function SegmentNewPage() {
  const t = useWords('segment')
  const [{ from }] = useSearchOf(view)
  const starter = isStarter(from) ? from : null
  const start: Written = {
    name: starter ? t(`starter.${starter}`) : '',
    description: '',
    audience: 'leads',
    rule: starter ? STARTERS[starter] : EVERYBODY,
  }
  return <Editor key={from ?? ''} segment={null} start={start} />
}

/** The rule of a segment, edited. */
export function SegmentEditPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const t = useWords('segment')
  // What is edited is what the server has when the page opens.
  const segment = useQuery({
    ...api.segments.get.queryOptions({ input: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnMount: 'always',
  })
  if (segment.data && segment.isFetchedAfterMount) return <Editor key={id} segment={segment.data} start={writtenOf(segment.data)} />
  return (
    <>
      <PageTop title={t('edit')} crumb={t('title')} crumbTo="/segments" />
      <Page>{segment.error ? <ErrorNote error={segment.error} retry={segment.refetch} /> : <Skeletons rows={6} height={44} />}</Page>
    </>
  )
}

function Editor({ segment, start }: { segment: Segment | null; start: Written }) {
  const t = useWords('segment')
  const toast = useToasts()
  const navigate = useNavigate()
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const done = (saved: Segment) => {
    void again(api.segments.key())
    if (segment) toast.done(t('savedEdit'))
    void navigate({ to: '/segments/$id' as string, params: { id: saved.id } as never })
  }
  const { form, rule, setRule, send, meeting, meet } = useSegmentDraft(segment, start, done)
  const { audience, name } = form.getValues()
  const others = vocabulary.data && { ...vocabulary.data, segments: vocabulary.data.segments.filter((one) => one.id !== segment?.id) }
  return (
    <form className="contents" onSubmit={send} noValidate>
      <PageTop title={segment ? segment.name : t('add')} crumb={t('title')} crumbTo="/segments">
        <Button type="submit" loading={form.busy} disabled={!isComplete(rule) || !name.trim()}>
          {t(segment ? 'save' : 'saveNew')}
        </Button>
      </PageTop>
      {form.failed !== null && (
        <div className="trouble">
          {meeting ? (
            <Meeting error={form.failed} busy={form.busy} onTheirs={() => meet('theirs')} onMine={() => meet('mine')} />
          ) : (
            <ErrorNote error={form.failed} />
          )}
        </div>
      )}
      <Page>
        <div className="segment-edit">
          <div className="stack">
            <Card>
              <div className="stack">
                <TextInput
                  label={t('name')}
                  placeholder={t('namePlaceholder')}
                  required
                  maxLength={120}
                  data-autofocus
                  {...form.getInputProps('name')}
                />
                <div className="stack-s">
                  <span className="mantine-InputWrapper-label">{t('audience')}</span>
                  <SegmentedControl
                    aria-label={t('audience')}
                    data={(['leads', 'everyone'] as const).map((value) => ({ value, label: t(`audiences.${value}`) }))}
                    {...form.getInputProps('audience')}
                  />
                </div>
              </div>
            </Card>
            {others ? <RuleEditor value={rule} onChange={setRule} vocabulary={others} /> : <Skeletons rows={3} height={44} />}
            <ErrorNote error={vocabulary.error} />
            {Object.entries(form.errors)
              .filter(([field]) => field.startsWith('rule'))
              .map(([field, reason]) => (
                <p className="mantine-InputWrapper-error" role="alert" key={field}>
                  {reason}
                </p>
              ))}
            <Card>
              <div className="stack">
                <Textarea
                  label={t('description')}
                  placeholder={t('descriptionPlaceholder')}
                  autosize
                  minRows={2}
                  maxLength={1_000}
                  {...form.getInputProps('description')}
                />
                {segment && (
                  <Checkbox
                    label={t('startsScenarios')}
                    description={t('startsHelp')}
                    {...form.getInputProps('startsScenarios', { type: 'checkbox' })}
                  />
                )}
              </div>
            </Card>
          </div>
          <PreviewCard rule={rule} audience={audience} />
        </div>
      </Page>
    </form>
  )
}
