import './forms.css'
import { ActionIcon, Button, Menu, Tabs, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Ellipsis, ExternalLink } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { SaveState } from '../parts/SaveState.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { FieldList } from './FieldList.tsx'
import { FormSettings } from './FormSettings.tsx'
import { type FormDetail, STATUS_TONE } from './form.ts'
import { Preview } from './Preview.tsx'
import { ShareTab } from './ShareTab.tsx'
import { SubmissionsTab } from './SubmissionsTab.tsx'
import { useDraft } from './useDraft.ts'

/** One form: questions, settings, sharing and what came in, with the page visitors see beside it. */
export function FormPage() {
  const t = useWords('forms')
  const { id } = useParams({ strict: false }) as { id: string }
  const form = useQuery({ ...api.forms.get.queryOptions({ input: { id } }), refetchOnWindowFocus: false })
  useLive('forms', () => void again(api.forms.submissions.key()))
  if (form.data) return <Loaded key={form.data.id} form={form.data} />
  return (
    <>
      <PageTop title={t('forms')} crumb={t('forms')} crumbTo="/forms" />
      <Page>{form.error ? <ErrorNote error={form.error} retry={form.refetch} /> : <Skeletons rows={8} height={52} />}</Page>
    </>
  )
}

function Loaded({ form }: { form: FormDetail }) {
  const t = useWords('forms')
  const { may } = useSession()
  const toast = useToasts()
  const draft = useDraft(form)
  const writes = may('forms.write')
  const publish = async () => {
    try {
      await draft.flush()
      draft.take(await client.forms.publish({ id: form.id }))
      void again(api.forms.list.key())
      toast.done(t('published'))
    } catch (error) {
      toast.failed(error)
    }
  }
  const { detail } = draft
  return (
    <>
      <PageTop
        title={draft.name}
        crumb={t('forms')}
        crumbTo="/forms"
        note={
          <span className="row">
            <Chip tone={STATUS_TONE[detail.status]}>{t(`status.${detail.status}`)}</Chip>
            <SaveState saving={draft.saving} dirty={draft.waiting} failed={draft.failed !== null} savedAt={detail.changedAt} />
          </span>
        }
      >
        <FormMenu form={detail} onTaken={draft.take} />
        {writes && (
          <Button
            disabled={detail.problems.length > 0 || (detail.status === 'published' && !detail.dirty && !draft.waiting)}
            onClick={() => void publish()}
          >
            {detail.version > 0 ? t('publishAgain') : t('publish')}
          </Button>
        )}
      </PageTop>
      <div className="builder">
        <div className="builder-side">
          <ErrorNote error={draft.failed} />
          {detail.problems.length > 0 && (
            <div className="problems" role="status">
              <b>{t('problems')}</b>
              <ul>
                {detail.problems.map((one) => (
                  <li key={one.field + one.reason}>{one.reason}</li>
                ))}
              </ul>
            </div>
          )}
          <Tabs defaultValue="fields" keepMounted={false}>
            <Tabs.List>
              {(['fields', 'settings', 'share', 'submissions'] as const).map((tab) => (
                <Tabs.Tab key={tab} value={tab}>
                  {t(`tab.${tab}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="fields" pt="md">
              <FieldList spec={draft.spec} onChange={draft.change} readOnly={!writes} />
            </Tabs.Panel>
            <Tabs.Panel value="settings" pt="md">
              <div className="stack">
                <TextInput label={t('name')} value={draft.name} disabled={!writes} onChange={(e) => draft.rename(e.currentTarget.value)} />
                <FormSettings spec={draft.spec} onChange={draft.change} readOnly={!writes} />
              </div>
            </Tabs.Panel>
            <Tabs.Panel value="share" pt="md">
              <ShareTab form={detail} />
            </Tabs.Panel>
            <Tabs.Panel value="submissions" pt="md">
              <SubmissionsTab id={form.id} />
            </Tabs.Panel>
          </Tabs>
        </div>
        <Preview spec={draft.spec} />
      </div>
    </>
  )
}

function FormMenu({ form, onTaken }: { form: FormDetail; onTaken: (form: FormDetail) => void }) {
  const t = useWords('forms')
  const toast = useToasts()
  const { may } = useSession()
  const navigate = useNavigate()
  const close = () =>
    client.forms.close({ id: form.id }).then((closed) => {
      onTaken(closed)
      toast.done(t('closed'))
      void again(api.forms.list.key())
    }, toast.failed)
  const remove = () =>
    client.forms.remove({ id: form.id }).then(() => {
      toast.done(t('removed'))
      void again(api.forms.list.key())
      void navigate({ to: '/forms' as string })
    }, toast.failed)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('more')}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {form.status === 'published' && (
          <Menu.Item component="a" href={`/f/${form.id}`} target="_blank" rel="noopener" leftSection={<ExternalLink size={14} />}>
            {t('open')}
          </Menu.Item>
        )}
        {may('forms.write') && form.status === 'published' && <Menu.Item onClick={() => void close()}>{t('close')}</Menu.Item>}
        {may('forms.write') && form.submissions === 0 && (
          <Menu.Item color="red" onClick={() => void remove()}>
            {t('remove')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
