import './forms.css'
import { Button, Modal } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FormInput, Plus } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type FormLine, STATUS_TONE, TEMPLATES, type Template } from './form.ts'

const view = viewOf({ add: maybeText })

/** The forms. */
export function FormsPage() {
  const t = useWords('forms')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(view)
  const list = useInfiniteQuery(paged(api.forms.list, { limit: 50 }))
  useLive('forms', () => void again(api.forms.key()))
  const add = may('forms.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('forms')}>{add}</PageTop>
      <DataGrid<FormLine>
        label={t('forms')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        href={(row) => `/forms/${row.id}`}
        empty={
          <EmptyState icon={FormInput} title={t('empty')} action={add}>
            {t('emptyText')}
          </EmptyState>
        }
        columns={[
          { key: 'name', head: t('name'), width: 'minmax(220px,1.4fr)', phone: 'title', cell: (row) => <b className="clip">{row.name}</b> },
          {
            key: 'status',
            head: t('state'),
            width: 'minmax(150px,200px)',
            phone: 'side',
            cell: (row) => (
              <span className="row">
                <Chip tone={STATUS_TONE[row.status]}>{t(`status.${row.status}`)}</Chip>
                {row.dirty && row.version > 0 && <span className="muted clip hide-s">{t('dirty')}</span>}
              </span>
            ),
          },
          {
            key: 'source',
            head: t('source'),
            width: 'minmax(120px,1fr)',
            phone: 'sub',
            cell: (row) => <span className="clip">{row.source || <span className="muted">—</span>}</span>,
          },
          {
            key: 'submissions',
            head: t('submissions'),
            width: '96px',
            align: 'end',
            cell: (row) => <span className="num">{t('submissionsCount', { n: row.submissions })}</span>,
          },
          { key: 'last', head: t('lastSubmission'), width: '130px', cell: (row) => <Ago at={row.lastSubmissionAt} /> },
          { key: 'changed', head: t('changed'), width: '130px', cell: (row) => <Ago at={row.changedAt} /> },
        ]}
      />
      <ChooseTemplate opened={search.add !== undefined && may('forms.write')} onClose={() => setSearch({ add: undefined })} />
    </>
  )
}

/** Templates first: nobody starts from an empty sheet. */
function ChooseTemplate({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords('forms')
  const p = useWords('parts')
  const toast = useToasts()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const make = async (template: Template) => {
    setBusy(true)
    try {
      const made = await client.forms.create({ name: t(`template.${template}`), template })
      void again(api.forms.key())
      await navigate({ to: `/forms/${made.id}` as string })
    } catch (error) {
      toast.failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<b>{t('chooseTemplate')}</b>}
      size={560}
      closeButtonProps={{ 'aria-label': p('cancel') }}
    >
      <div className="template-grid">
        {TEMPLATES.map((template) => (
          <button type="button" key={template} className="template" disabled={busy} onClick={() => void make(template)}>
            <FormInput size={18} aria-hidden />
            <b>{t(`template.${template}`)}</b>
            <span className="muted">{t(`templateText.${template}`)}</span>
          </button>
        ))}
      </div>
    </Modal>
  )
}
