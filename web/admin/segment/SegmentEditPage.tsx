import './segment.css'
import { Button, Checkbox, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Rule, rule as ruleSchema } from '#loop/segment/rules/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, viewOf } from '../parts/view.ts'
import { useWords } from '../words/words.tsx'
import { PreviewCard } from './PreviewCard.tsx'
import { RuleEditor } from './RuleEditor.tsx'
import { EVERYBODY, isComplete } from './ruleEdit.ts'
import { isStarter, STARTERS } from './Starters.tsx'

type Segment = Awaited<ReturnType<typeof client.segments.get>>
const view = viewOf({ from: maybeText })

/** A new segment. */
export function SegmentNewPage() {
  const t = useWords('segment')
  const [{ from }] = useSearchOf(view)
  const starter = isStarter(from) ? from : null
  return (
    <Editor key={from ?? ''} segment={null} rule={starter ? STARTERS[starter] : EVERYBODY} name={starter ? t(`starter.${starter}`) : ''} />
  )
}

/** The rule of a segment, edited. */
export function SegmentEditPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const t = useWords('segment')
  // What is edited is what the server has when the page opens, the newest rule even while it is still computed.
  const segment = useQuery({
    ...api.segments.get.queryOptions({ input: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnMount: 'always',
  })
  if (segment.data && segment.isFetchedAfterMount) {
    const { filling, rule, name } = segment.data
    return <Editor key={id} segment={segment.data} rule={ruleSchema.parse(filling?.rule ?? rule)} name={name} />
  }
  return (
    <>
      <PageTop title={t('edit')} crumb={t('title')} crumbTo="/segments" />
      <Page>{segment.error ? <ErrorNote error={segment.error} retry={segment.refetch} /> : <Skeletons rows={6} height={44} />}</Page>
    </>
  )
}

interface Draft extends Record<string, unknown> {
  name: string
  description: string
  audience: 'leads' | 'everyone'
  rule: Rule
  startsScenarios: boolean
}

function Editor({ segment, rule, name }: { segment: Segment | null; rule: Rule; name: string }) {
  const t = useWords('segment')
  const toast = useToasts()
  const navigate = useNavigate()
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const [shown, setShown] = useState<Rule>(rule)
  // As it was when the page opened: what somebody else changes meanwhile is answered with a conflict, not overwritten.
  const [basedOn] = useState(segment?.filling?.version ?? segment?.liveVersion ?? undefined)
  const form = useProblemForm<Draft>({
    initialValues: { name, description: segment?.description ?? '', audience: segment?.audience ?? 'leads', rule, startsScenarios: false },
  })
  const audience = form.getValues().audience
  const change = (to: Rule) => {
    setShown(to)
    form.setFieldValue('rule', to)
  }
  const done = (saved: Segment) => {
    void again(api.segments.key())
    if (segment) toast.done(t('savedEdit'))
    void navigate({ to: '/segments/$id' as string, params: { id: saved.id } as never })
  }
  const save = (values: Draft) =>
    segment
      ? client.segments.change({ id: segment.id, ...values, ...(basedOn !== undefined && { basedOn }) })
      : client.segments.create(values)
  const others = vocabulary.data && { ...vocabulary.data, segments: vocabulary.data.segments.filter((one) => one.id !== segment?.id) }
  return (
    <form className="contents" onSubmit={form.send(save, done)} noValidate>
      <PageTop title={segment ? segment.name : t('add')} crumb={t('title')} crumbTo="/segments">
        <Button type="submit" loading={form.busy} disabled={!isComplete(shown) || !form.getValues().name.trim()}>
          {t(segment ? 'save' : 'saveNew')}
        </Button>
      </PageTop>
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
            {others ? <RuleEditor value={shown} onChange={change} vocabulary={others} /> : <Skeletons rows={3} height={44} />}
            <ErrorNote error={form.failed ?? vocabulary.error} />
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
          <PreviewCard rule={shown} audience={audience} />
        </div>
      </Page>
    </form>
  )
}
