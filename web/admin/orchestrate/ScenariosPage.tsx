import './node.css'
import './palette.css'
import './panels.css'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Archive, Copy, Ellipsis, FileText, Plus, Workflow } from 'lucide-react'
import type { ScenarioSummary } from '#loop/orchestrate/contract.ts'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip, type Tone } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, text, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { NewScenario } from './NewScenario.tsx'
import { FromText } from './text/FromText.tsx'

const view = viewOf({ q: text, add: maybeText })

/** What is being added, in the address: a scenario from a starter, or one from a file. */
const FROM_TEXT = 'text'

/** The state's hue: green runs, amber rests. */
const TONES: Readonly<Record<ScenarioSummary['state'], Tone>> = { draft: 'grey', live: 'green', paused: 'amber', stopped: 'grey' }

export function StateChip({ state }: { state: ScenarioSummary['state'] }) {
  const t = useWords('orchestrate')
  return <Chip tone={TONES[state]}>{t(`states.${state}`)}</Chip>
}

/** All scenarios with their live numbers. */
export function ScenariosPage() {
  const t = useWords('orchestrate')
  const fromText = useWords('scenarioText')
  const f = useFormats()
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(view)
  const list = useInfiniteQuery(paged(api.scenarios.list, { limit: 50, ...(search.q ? { search: search.q } : {}) }))
  useLive('scenario', () => void again(api.scenarios.list.key()))
  const create = may('scenarios.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
      {t('new')}
    </Button>
  )
  const number = (n: number) => <span className="num">{f.number(n)}</span>
  return (
    <>
      <PageTop title={t('title')}>
        {create && (
          <ActionIcon
            hiddenFrom="sm"
            variant="default"
            size={36}
            aria-label={fromText('from')}
            onClick={() => setSearch({ add: FROM_TEXT })}
          >
            <FileText size={16} aria-hidden />
          </ActionIcon>
        )}
        {create && (
          <Button visibleFrom="sm" variant="default" leftSection={<FileText size={15} />} onClick={() => setSearch({ add: FROM_TEXT })}>
            {fromText('from')}
          </Button>
        )}
        {create}
      </PageTop>
      <FilterBar>
        <SearchField value={search.q} onChange={(q) => setSearch({ q })} label={t('search')} />
      </FilterBar>
      <DataGrid<ScenarioSummary>
        label={t('title')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        href={(row) => `/scenarios/${row.id}`}
        empty={
          <EmptyState icon={Workflow} title={t('emptyTitle')} action={create}>
            {t('emptyText')}
          </EmptyState>
        }
        columns={[
          {
            key: 'name',
            head: t('columns.name'),
            width: 'minmax(220px,1.6fr)',
            cell: (row) => <b className="clip">{row.name}</b>,
            phone: 'title',
          },
          { key: 'state', head: t('columns.state'), width: 'minmax(190px,1fr)', cell: (row) => <States row={row} />, phone: 'side' },
          { key: 'active', head: t('columns.active'), width: '92px', align: 'end', cell: (row) => number(row.active) },
          { key: 'entered', head: t('columns.entered'), width: '92px', align: 'end', cell: (row) => number(row.entered) },
          { key: 'reached', head: t('columns.reached'), width: '104px', align: 'end', cell: (row) => number(row.reached) },
          { key: 'steps', head: t('columns.steps'), width: '92px', align: 'end', cell: (row) => number(row.steps) },
          {
            key: 'changed',
            head: t('columns.changed'),
            width: '140px',
            cell: (row) => (
              <span className="muted" title={t('changedBy', { name: row.changedBy })}>
                <Ago at={row.changedAt} />
              </span>
            ),
            phone: 'sub',
          },
          { key: 'acts', head: '', width: '48px', cell: (row) => (may('scenarios.write') ? <RowMenu row={row} /> : null) },
        ]}
      />
      <NewScenario
        opened={search.add !== undefined && search.add !== FROM_TEXT && may('scenarios.write')}
        onClose={() => setSearch({ add: undefined })}
      />
      <FromText opened={search.add === FROM_TEXT && may('scenarios.write')} onClose={() => setSearch({ add: undefined })} />
    </>
  )
}

function States({ row }: { row: ScenarioSummary }) {
  const t = useWords('orchestrate')
  return (
    <span className="row">
      <StateChip state={row.state} />
      {row.hasChanges && <span className="muted nowrap hide-s">{t('hasChanges')}</span>}
    </span>
  )
}

function RowMenu({ row }: { row: ScenarioSummary }) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const refresh = () => void again(api.scenarios.list.key())
  const copy = () =>
    client.scenarios.copy({ id: row.id, name: t('copyName', { name: row.name }).slice(0, 120) }).then(() => {
      toast.done(t('copied'))
      refresh()
    }, toast.failed)
  const archive = () =>
    client.scenarios.archive({ id: row.id }).then(() => {
      toast.undo(t('archived', { name: row.name }), () => client.scenarios.restore({ id: row.id }).then(refresh))
      refresh()
    }, toast.failed)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('more')} onClick={(event) => event.preventDefault()}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown onClick={(event) => event.preventDefault()}>
        <Menu.Item leftSection={<Copy size={14} />} onClick={() => void copy()}>
          {t('copy')}
        </Menu.Item>
        <Menu.Item
          leftSection={<Archive size={14} />}
          disabled={row.state === 'live' || row.state === 'paused'}
          onClick={() => void archive()}
        >
          {t('archive')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
