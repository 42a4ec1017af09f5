import './companies.css'
import '../segment/segment.css'
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Filter, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type Rule, rule as ruleSchema } from '#loop/segment/rules/contract.ts'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { EVERYBODY } from '../segment/ruleEdit.ts'
import { useSettled } from '../segment/useSettled.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { CompanyRule, Preview } from './CompanyRule.tsx'
import type { CompanySegment } from './company.ts'

const refresh = () => again(api.companySegments.key(), api.companies.key())

/** Segments of companies: a rule each, members kept live, who came and went. */
export function CompanySegmentsPage() {
  const t = useWords('companies')
  const { may } = useSession()
  const [editing, setEditing] = useState<CompanySegment | 'new' | null>(null)
  const list = useQuery(api.companySegments.list.queryOptions({ input: {} }))
  useLive(
    'companies',
    useSettled(() => void refresh()),
  )
  const add = (
    <Button leftSection={<Plus size={15} />} onClick={() => setEditing('new')}>
      {t('segmentAdd')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('segmentsManage')} crumb={t('title')} crumbTo="/companies">
        {may('segments.write') && add}
      </PageTop>
      <Page narrow>
        {list.isPending && <Skeletons rows={3} height={90} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.data?.items.length === 0 && (
          <EmptyState icon={Filter} title={t('segmentsNone')} action={may('segments.write') ? add : null}>
            {t('segmentsNoneText')}
          </EmptyState>
        )}
        {list.data?.items.map((one) => (
          <SegmentCard key={one.id} segment={one} onEdit={() => setEditing(one)} />
        ))}
      </Page>
      {editing && <SegmentDrawer segment={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  )
}

function SegmentCard({ segment, onEdit }: { segment: CompanySegment; onEdit: () => void }) {
  const t = useWords('companies')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const history = useInfiniteQuery(paged(api.companySegments.history, { id: segment.id, limit: 5 }))
  const stays = history.data?.pages.flatMap((page) => page.items) ?? []
  const remove = () =>
    client.companySegments.remove({ id: segment.id }).then(async () => {
      await refresh()
      toast.undo(t('segmentRemoved', { name: segment.name }), () => client.companySegments.restore({ id: segment.id }).then(refresh))
    }, toast.failed)
  return (
    <Card
      title={segment.name}
      aside={
        <span className="row">
          <Link to={'/companies' as string} search={{ segment: segment.id } as never}>
            {t('count', { n: segment.members })}
          </Link>
          {may('segments.write') && (
            <>
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={f.pair(t('edit'), segment.name)} onClick={onEdit}>
                <Pencil size={14} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={f.pair(t('segmentRemove'), segment.name)}
                onClick={() => void remove()}
              >
                <Trash2 size={14} />
              </ActionIcon>
            </>
          )}
        </span>
      }
    >
      <div className="stack-s">
        <span className="muted">{t('segmentHistory')}</span>
        <ul className="company-plain">
          {stays.map((stay) => (
            <li key={`${stay.company.id}${stay.enteredAt}`}>
              <Link to={`/companies/${stay.company.id}` as string} className="clip">
                {stay.company.name}
              </Link>
              <span className="muted">
                {f.day(stay.enteredAt)} {t('entered')}
                {stay.leftAt && (
                  <>
                    {' ・ '}
                    <Ago at={stay.leftAt} /> {t('left')}
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
        {history.hasNextPage && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void history.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </div>
    </Card>
  )
}

function SegmentDrawer({ segment, onClose }: { segment: CompanySegment | null; onClose: () => void }) {
  const t = useWords('companies')
  const toast = useToasts()
  const [shown, setShown] = useState<Rule>(segment ? ruleSchema.parse(segment.rule) : EVERYBODY)
  const form = useProblemForm<{ name: string; rule: Rule }>({ initialValues: { name: segment?.name ?? '', rule: shown } })
  const change = (to: Rule) => {
    setShown(to)
    form.setFieldValue('rule', to)
  }
  return (
    <FormDrawer
      opened
      wide
      onClose={onClose}
      title={segment ? segment.name : t('segmentAdd')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={form.send(
        (values) => (segment ? client.companySegments.change({ id: segment.id, ...values }) : client.companySegments.create(values)),
        () => {
          toast.done(t('segmentSaved'))
          void refresh()
          onClose()
        },
      )}
    >
      <TextInput
        label={t('segmentName')}
        placeholder={t('segmentNamePlaceholder')}
        required
        data-autofocus
        maxLength={120}
        {...form.getInputProps('name')}
      />
      <CompanyRule value={shown} onChange={change} />
      <Preview rule={shown} />
    </FormDrawer>
  )
}
