import './plan.css'
import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Ellipsis, FileUp, Pencil, Trash2, UserPlus, X } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { later } from '../parts/later.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type CampaignDetail, campaignSearch, KIND_TONE, periodOf } from './campaign.ts'

// What opens on demand is loaded on demand.
const AddMember = later(() => import('./AddMember.tsx').then((m) => m.AddMember))
const CampaignForm = later(() => import('./CampaignForm.tsx').then((m) => m.CampaignForm))

/** One campaign: who took part, by status; each number opens its people. */
export function CampaignPage() {
  const t = useWords('plan')
  const { id } = useParams({ strict: false }) as { id: string }
  const { may } = useSession()
  const toast = useToasts()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'edit' | 'add' | null>(null)
  const campaign = useQuery(api.campaigns.get.queryOptions({ input: { id } }))
  useLive('campaigns', () => void again(api.campaigns.key()))
  const found = campaign.data
  const remove = async (name: string) => {
    try {
      await client.campaigns.remove({ id })
      toast.undo(t('removed', { name }), () => client.campaigns.restore({ id }).finally(() => again(api.campaigns.key())))
      await navigate({ to: '/campaigns' as string })
      void again(api.campaigns.key())
    } catch (error) {
      toast.failed(error)
    }
  }
  return (
    <>
      <PageTop
        title={found?.name ?? t('campaigns')}
        crumb={t('campaigns')}
        crumbTo="/campaigns"
        note={
          found && (
            <span className="row">
              <Chip tone={KIND_TONE[found.kind]}>{t(`kinds.${found.kind}`)}</Chip>
              <span className="num">{periodOf(found.startsOn, found.endsOn)}</span>
            </span>
          )
        }
      >
        {found && may('leads.write') && (
          <Button leftSection={<UserPlus size={15} />} onClick={() => setDialog('add')}>
            {t('addLead')}
          </Button>
        )}
        {found && may('plan.write') && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size={34} aria-label={t('more')}>
                <Ellipsis size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<Pencil size={15} />} onClick={() => setDialog('edit')}>
                {t('edit')}
              </Menu.Item>
              <Menu.Item leftSection={<FileUp size={15} />} component={Link} to={'/imports' as string}>
                {t('toImport')}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<Trash2 size={15} />} onClick={() => void remove(found.name)}>
                {t('remove')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </PageTop>
      {campaign.isPending && <Skeletons rows={10} height={44} />}
      {campaign.error && (
        <div className="page">
          <ErrorNote error={campaign.error} retry={campaign.refetch} />
        </div>
      )}
      {found && <Members campaign={found} onAdd={() => setDialog('add')} />}
      {found && dialog === 'edit' && <CampaignForm opened campaign={found} onClose={() => setDialog(null)} />}
      {found && dialog === 'add' && <AddMember opened campaign={found} onClose={() => setDialog(null)} />}
    </>
  )
}

type Member = Awaited<ReturnType<typeof client.campaigns.members>>['items'][number]

function Members({ campaign, onAdd }: { campaign: CampaignDetail; onAdd: () => void }) {
  const t = useWords('plan')
  const f = useFormats()
  const { may } = useSession()
  const toast = useToasts()
  const [search, setSearch] = useSearchOf(campaignSearch)
  const { id } = campaign
  const list = useInfiniteQuery(paged(api.campaigns.members, { id, limit: 100, ...(search.status ? { status: search.status } : {}) }))
  const write = may('leads.write')
  const act = (done: Promise<unknown>, words: string) =>
    void done.then(() => again(api.campaigns.key()).then(() => toast.done(words)), toast.failed)
  const move = (row: Member, status: string) => act(client.campaigns.join({ id, leadIds: [row.leadId], status }), t('changed', { status }))
  const leave = (row: Member) => {
    client.campaigns.leave({ id, leadId: row.leadId }).then(() => {
      void again(api.campaigns.key())
      toast.undo(t('left'), () =>
        client.campaigns.join({ id, leadIds: [row.leadId], status: row.status }).finally(() => again(api.campaigns.key())),
      )
    }, toast.failed)
  }
  return (
    <>
      <section className="campaign-counts" aria-label={t('members')}>
        {[{ status: '', n: campaign.members }, ...campaign.counts].map((one) => (
          <button
            type="button"
            key={one.status}
            aria-pressed={(search.status ?? '') === one.status}
            className={(search.status ?? '') === one.status ? 'on' : ''}
            onClick={() => setSearch({ status: one.status || undefined })}
          >
            <span>{one.status || t('all')}</span>
            <b className="num">{f.number(one.n)}</b>
          </button>
        ))}
      </section>
      <DataGrid<Member>
        label={t('members')}
        query={list}
        rowKey={(row) => row.leadId}
        rowName={(row) => row.name || row.mail || row.leadId}
        href={(row) => `/leads/${row.leadId}`}
        empty={
          <EmptyState icon={UserPlus} title={t('none')} action={write && <Button onClick={onAdd}>{t('addLead')}</Button>}>
            {t('noneText')}
          </EmptyState>
        }
        columns={[
          {
            key: 'name',
            head: t('lead'),
            width: 'minmax(180px,1.2fr)',
            phone: 'title',
            cell: (row) => <b className="clip">{row.name || row.mail || '—'}</b>,
          },
          {
            key: 'company',
            head: t('company'),
            width: 'minmax(160px,1.2fr)',
            phone: 'sub',
            cell: (row) => <span className="clip">{row.companyName ?? '—'}</span>,
          },
          {
            key: 'status',
            head: t('status'),
            width: '170px',
            phone: 'side',
            cell: (row) =>
              write ? (
                <NativeSelect
                  size="xs"
                  aria-label={t('status')}
                  value={row.status}
                  data={[...new Set([...campaign.statuses, row.status])]}
                  onClick={(e) => e.stopPropagation()}
                  onChange={(e) => move(row, e.currentTarget.value)}
                />
              ) : (
                <Chip>{row.status}</Chip>
              ),
          },
          { key: 'since', head: t('since'), width: '120px', cell: (row) => <Ago at={row.statusAt} /> },
          { key: 'joined', head: t('joined'), width: '120px', cell: (row) => <Ago at={row.joinedAt} /> },
          {
            key: 'leave',
            head: '',
            width: '48px',
            cell: (row) =>
              write && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('leave')}
                  onClick={(e) => {
                    e.preventDefault()
                    e.stopPropagation()
                    leave(row)
                  }}
                >
                  <X size={15} />
                </ActionIcon>
              ),
          },
        ]}
      />
    </>
  )
}
