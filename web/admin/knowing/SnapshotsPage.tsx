import './knowing.css'
import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Camera, Trash2 } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, viewOf } from '../parts/view.ts'
import { Pick } from '../segment/pick.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { PeopleLink } from './PeopleLink.tsx'

const view = viewOf({ take: maybeText })
type Snapshot = Awaited<ReturnType<typeof client.snapshots.list>>['items'][number]

/** The rule of those who are on a snapshot. */
const on = (row: Snapshot) => ({ kind: 'fact', fact: row.fact, is: { op: 'eq', value: true } })

/** Dated lists of people. */
export function SnapshotsPage() {
  const t = useWords('knowing')
  const toast = useToasts()
  const { may } = useSession()
  const [{ take }, setSearch] = useSearchOf(view)
  const list = useQuery(api.snapshots.list.queryOptions({ input: {} }))
  const items = list.data?.items
  const fresh = () => Promise.all([again(api.snapshots.key()), again(api.segments.vocabulary.key())])
  const remove = (row: Snapshot) =>
    client.snapshots.remove({ id: row.id }).then(() => {
      void fresh()
      toast.undo(t('removed', { name: row.name }), () => client.snapshots.restore({ id: row.id }).then(fresh))
    }, toast.failed)
  const add = may('segments.write') && (
    <Button leftSection={<Camera size={15} />} onClick={() => setSearch({ take: 'yes' })}>
      {t('take')}
    </Button>
  )
  const paged = {
    ...list,
    data: items && { pages: [{ items }] },
    hasNextPage: false,
    isFetchingNextPage: false,
    fetchNextPage: () => undefined,
  }
  return (
    <>
      <PageTop title={t('snapshots')} crumb={t('segments')} crumbTo="/segments" note={t('snapshotsHint')}>
        {add}
      </PageTop>
      <DataGrid<Snapshot>
        label={t('snapshots')}
        query={paged}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        {...(items ? { total: { n: items.length } } : {})}
        empty={
          <EmptyState icon={Camera} title={t('noSnapshots')} action={add}>
            {t('noSnapshotsText')}
          </EmptyState>
        }
        columns={[
          {
            key: 'name',
            head: t('takeName'),
            width: 'minmax(180px,1.4fr)',
            phone: 'title',
            cell: (row) => (
              <b className="clip" title={row.note}>
                {row.name}
              </b>
            ),
          },
          {
            key: 'from',
            head: t('source'),
            width: 'minmax(140px,1fr)',
            phone: 'sub',
            cell: (row) => <span className="clip muted">{row.from.name ?? t('sourceList')}</span>,
          },
          { key: 'taken', head: t('takenAt'), width: '120px', cell: (row) => <Ago at={row.takenAt} /> },
          {
            key: 'people',
            head: t('frozen'),
            width: '110px',
            align: 'end',
            cell: (row) => <span className="num">{row.people.toLocaleString()}</span>,
          },
          {
            key: 'left',
            head: t('left'),
            width: '110px',
            align: 'end',
            phone: 'sub',
            cell: (row) => <PeopleLink people={row.left} rule={on(row)} label={row.name} />,
          },
          {
            key: 'act',
            head: '',
            width: '52px',
            align: 'end',
            phone: 'side',
            cell: (row) =>
              may('segments.write') ? (
                <ActionIcon variant="subtle" color="gray" aria-label={`${t('remove')} ${row.name}`} onClick={() => void remove(row)}>
                  <Trash2 size={15} />
                </ActionIcon>
              ) : null,
          },
        ]}
      />
      {take && (
        <TakeDrawer
          segment={take}
          onClose={() => setSearch({ take: undefined })}
          onTaken={(made) => {
            void fresh()
            toast.done(t('taken', { name: made.name, n: made.people }))
            setSearch({ take: undefined })
          }}
        />
      )}
    </>
  )
}

function TakeDrawer({ segment, onClose, onTaken }: { segment: string; onClose: () => void; onTaken: (made: Snapshot) => void }) {
  const t = useWords('knowing')
  const f = useFormats()
  const segments = useQuery(api.segments.list.queryOptions({ input: {} }))
  const items = segments.data?.items ?? []
  const form = useProblemForm({ initialValues: { name: '', note: '', segment: segment === 'yes' ? '' : segment } })
  const chosen = items.find((one) => one.id === form.getValues().segment)
  const save = (values: { name: string; note: string; segment: string }) =>
    client.snapshots.take({
      note: values.note,
      ...(values.segment ? { segment: values.segment } : {}),
      name: values.name.trim() || `${chosen?.name ?? t('allLeads')} ${f.day(new Date().toISOString())}`,
    })
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('take')}
      verb={t('takeVerb')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={form.send(save, onTaken)}
    >
      <div className="stack-s">
        <span className="mantine-InputWrapper-label">{t('takeFrom')}</span>
        <Pick
          label={t('takeFrom')}
          value={form.getValues().segment}
          options={[{ value: '', label: t('allLeads') }, ...items.map((one) => ({ value: one.id, label: one.name }))]}
          onChange={(to) => form.setFieldValue('segment', to)}
        />
      </div>
      <TextInput
        label={t('takeName')}
        maxLength={120}
        placeholder={`${chosen?.name ?? t('allLeads')} ${f.day(new Date().toISOString())}`}
        {...form.getInputProps('name')}
      />
      <Textarea label={t('takeNote')} autosize minRows={2} maxLength={1000} {...form.getInputProps('note')} />
    </FormDrawer>
  )
}
