import './preview.css'
import './templates/templates.css'
import { ActionIcon, Button, Menu, Modal } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ChartNoAxesColumn, Copy, Ellipsis, FileText, FolderInput, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, text, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { STARTERS, type Starter, starterDraft } from './editor/starters.ts'
import { FolderRail } from './templates/FolderRail.tsx'
import { MoveModal } from './templates/MoveModal.tsx'
import { useSubject } from './useSubject.ts'

const schema = viewOf({ q: text, add: maybeText, folder: maybeText })
type Row = Awaited<ReturnType<typeof client.templates.list>>['items'][number]

/** All mail templates. */
export function TemplatesPage() {
  const subjectOf = useSubject()
  const t = useWords('deliver')
  const words = useWords('templates')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(schema)
  const list = useInfiniteQuery(
    paged(api.templates.list, {
      limit: 50,
      ...(search.q ? { search: search.q } : {}),
      ...(search.folder ? { folder: search.folder } : {}),
    }),
  )
  const create = may('templates.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
      {t('newTemplate')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('templates')}>{create}</PageTop>
      <div className="template-list">
        <FolderRail chosen={search.folder} onChoose={(folder) => setSearch({ folder })} />
        <div>
          <FilterBar>
            <SearchField value={search.q} onChange={(q) => setSearch({ q })} label={t('searchTemplates')} />
          </FilterBar>
          <DataGrid<Row>
            label={t('templates')}
            query={list}
            rowKey={(row) => row.id}
            href={(row) => `/templates/${row.id}`}
            empty={
              <EmptyState icon={FileText} title={search.folder ? words('emptyFolder') : t('templatesEmpty')} action={create}>
                {search.folder ? words('emptyFolderText') : t('templatesEmptyText')}
              </EmptyState>
            }
            columns={[
              {
                key: 'name',
                head: t('name'),
                width: 'minmax(220px,1.2fr)',
                cell: (row) => <b className="clip">{row.name}</b>,
                phone: 'title',
              },
              {
                key: 'subject',
                head: t('subject'),
                width: 'minmax(220px,1.6fr)',
                cell: (row) => <span className="clip">{subjectOf(row.subject)}</span>,
                phone: 'sub',
              },
              {
                key: 'version',
                head: t('version'),
                width: '90px',
                cell: (row) => <span className="num muted">{words('editionN', { n: row.edition })}</span>,
              },
              {
                key: 'sent',
                head: '',
                width: '110px',
                cell: (row) => <Chip tone={row.sent ? 'green' : 'grey'}>{row.sent ? t('usedMark') : t('draftMark')}</Chip>,
                phone: 'side',
              },
              {
                key: 'updated',
                head: t('updated'),
                width: '120px',
                cell: (row) => <Ago at={row.updatedAt} muted />,
              },
              { key: 'acts', head: '', width: '48px', cell: (row) => <RowMenu row={row} /> },
            ]}
          />
        </div>
      </div>
      <StartModal
        folderId={search.folder && search.folder !== 'none' ? search.folder : null}
        opened={search.add !== undefined && may('templates.write')}
        onClose={() => setSearch({ add: undefined })}
      />
    </>
  )
}

function RowMenu({ row }: { row: Row }) {
  const t = useWords('deliver')
  const words = useWords('templates')
  const { may } = useSession()
  const navigate = useNavigate()
  const [moving, setMoving] = useState(false)
  const toast = useToasts()
  const done = (words: string) => () => {
    toast.done(words)
    void again(api.templates.key())
  }
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('more')} onClick={(e) => e.preventDefault()}>
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown onClick={(e) => e.stopPropagation()}>
          <Menu.Item
            leftSection={<ChartNoAxesColumn size={14} />}
            onClick={() => void navigate({ to: `/templates/${row.id}/report` as string })}
          >
            {words('openReport')}
          </Menu.Item>
          {may('templates.write') && (
            <>
              <Menu.Item leftSection={<FolderInput size={14} />} onClick={() => setMoving(true)}>
                {words('moveTo')}
              </Menu.Item>
              <Menu.Item
                leftSection={<Copy size={14} />}
                onClick={() => client.templates.copy({ id: row.id }).then(done(t('copied')), toast.failed)}
              >
                {t('copy')}
              </Menu.Item>
              <Menu.Item
                color="red"
                leftSection={<Trash2 size={14} />}
                onClick={() => client.templates.remove({ id: row.id }).then(done(t('removed', { name: row.name })), toast.failed)}
              >
                {t('remove')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {moving && <MoveModal template={row} onClose={() => setMoving(false)} />}
    </>
  )
}

/** A gallery rather than a blank sheet. */
function StartModal({ opened, onClose, folderId }: { opened: boolean; onClose: () => void; folderId: string | null }) {
  const t = useWords('deliver')
  const toast = useToasts()
  const navigate = useNavigate()
  const { language } = useLanguage()
  const [busy, setBusy] = useState(false)
  const start = async (starter: Starter) => {
    setBusy(true)
    try {
      const made = await client.templates.create({
        name: starter === 'blank' ? t('untitled') : t(`starter.${starter}`),
        draft: starterDraft(starter, language),
        folderId,
      })
      void again(api.templates.key())
      void navigate({ to: `/templates/${made.id}` as string })
    } catch (error) {
      toast.failed(error)
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<b>{t('chooseStart')}</b>} size={640} closeButtonProps={{ 'aria-label': t('back') }}>
      <div className="starter-grid">
        {STARTERS.map((starter) => (
          <button type="button" key={starter} className="starter" disabled={busy} onClick={() => start(starter)}>
            <span className={`starter-sheet ${starter}`} aria-hidden>
              <i />
              <i />
              <i />
              <i />
            </span>
            <b>{t(`starter.${starter}`)}</b>
            <span className="muted">{t(`starter.${starter}Text`)}</span>
          </button>
        ))}
      </div>
    </Modal>
  )
}
