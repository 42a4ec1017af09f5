import './access.css'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import { useState } from 'react'
import { HIDDEN } from '#access/vocabulary.ts'
import { api, type client, paged } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Who } from '../parts/Avatar.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar } from '../parts/FilterChips.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Pairs } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { maybeDay, maybeOneOf, maybeText, viewOf } from '../parts/view.ts'
import { addDays, instantOf } from '../parts/zone.ts'
import { access as ja } from '../words/ja/access.ts'
import { useWords } from '../words/words.tsx'

type Entry = Awaited<ReturnType<typeof client.audit.list>>['items'][number]
const ROOMS = [
  'auth',
  'users',
  'links',
  'me',
  'keys',
  'company',
  'leads',
  'forms',
  'imports',
  'scores',
  'segments',
  'templates',
  'newsletters',
  'mail',
  'scenarios',
  'signals',
  'handoffs',
  'deals',
  'sites',
  'settings',
  'setup',
] as const
type Room = (typeof ROOMS)[number]
const isRoom = (text: string): text is Room => (ROOMS as readonly string[]).includes(text)
const isVerb = (text: string): text is keyof typeof ja.verb => Object.hasOwn(ja.verb, text)
const searchSchema = viewOf({
  who: maybeText,
  room: maybeOneOf(ROOMS),
  from: maybeDay,
  to: maybeDay,
})

/** Who changed what, when. */
export function AuditPage() {
  const t = useWords('access')
  const [search, setSearch] = useSearchOf(searchSchema)
  const [opened, setOpened] = useState<Entry | null>(null)
  const list = useInfiniteQuery(paged(api.audit.list, filterOf(search)))
  const filtered = Object.values(search).some(Boolean)
  return (
    <>
      <PageTop title={t('auditTitle')} crumb={t('settings')} />
      <Filters search={search} setSearch={setSearch} filtered={filtered} />
      <DataGrid
        label={t('auditTitle')}
        query={list}
        rowKey={(row) => row.id}
        onOpen={setOpened}
        empty={
          <EmptyState icon={ScrollText} title={filtered ? t('auditNone') : t('auditEmpty')}>
            {filtered ? null : t('auditText')}
          </EmptyState>
        }
        columns={[
          {
            key: 'who',
            head: t('who'),
            width: 'minmax(180px,1fr)',
            phone: 'title',
            cell: (row) => (
              <Who
                name={row.actorName || t(`actorKind.${row.actorKind}`)}
                sub={row.actorKind === 'user' || !row.actorName ? null : t(`actorKind.${row.actorKind}`)}
              />
            ),
          },
          { key: 'room', head: t('what'), width: 'minmax(220px,1.2fr)', phone: 'sub', cell: (row) => <Action action={row.action} /> },
          {
            key: 'subject',
            head: t('on_'),
            width: 'minmax(140px,1fr)',
            cell: (row) => <span className="muted clip">{nameIn(row.detail) ?? row.subjectId ?? '—'}</span>,
          },
          { key: 'at', head: t('when'), width: '140px', phone: 'side', cell: (row) => <Ago at={row.at} /> },
        ]}
      />
      <SideDrawer opened={opened !== null} onClose={() => setOpened(null)} title={t('detail')}>
        {opened && <Detail entry={opened} />}
      </SideDrawer>
    </>
  )
}

type Search = ReturnType<typeof searchSchema.parse>

/** Days are the company's; the last one is meant to its end. */
function filterOf({ who, room, from, to }: Search) {
  const start = from && instantOf(from)
  const end = to && instantOf(addDays(to, 1))
  return {
    limit: 50,
    ...(who ? { actorId: who } : {}),
    ...(room ? { action: room } : {}),
    ...(start ? { from: start } : {}),
    ...(end ? { to: end } : {}),
  }
}

const nameIn = ({ name, email }: Record<string, unknown>): string | undefined =>
  [name, email].find((one): one is string => typeof one === 'string' && one !== HIDDEN)

/** Whether words about a person were left out somewhere in it. */
const isVeiled = (value: unknown): boolean =>
  value === HIDDEN || (typeof value === 'object' && value !== null && Object.values(value).some(isVeiled))

function Action({ action }: { action: string }) {
  const t = useWords('access')
  const [room = '', ...rest] = action.split('.')
  const verb = rest.join('.')
  return (
    <span className="row">
      <Chip dot={false}>{isRoom(room) ? t(`room.${room}`) : room}</Chip>
      <span className="clip muted">{isVerb(verb) ? t(`verb.${verb}`) : verb}</span>
    </span>
  )
}

function Filters({ search, setSearch, filtered }: { search: Search; setSearch: (to: Partial<Search>) => void; filtered: boolean }) {
  const t = useWords('access')
  const people = useQuery(api.users.colleagues.queryOptions({ input: {} }))
  const options = (people.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <FilterBar>
      <NativeSelect
        size="xs"
        aria-label={t('who')}
        value={search.who ?? ''}
        onChange={(e) => setSearch({ who: e.currentTarget.value || undefined })}
        data={[{ value: '', label: t('anyone') }, ...options]}
      />
      <NativeSelect
        size="xs"
        aria-label={t('what')}
        value={search.room ?? ''}
        onChange={(e) => setSearch({ room: isRoom(e.currentTarget.value) ? e.currentTarget.value : undefined })}
        data={[{ value: '', label: t('anything') }, ...ROOMS.map((room) => ({ value: room, label: t(`room.${room}`) }))]}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label={t('from')}
        value={search.from ?? ''}
        onChange={(e) => setSearch({ from: e.currentTarget.value || undefined })}
      />
      <span className="muted">–</span>
      <TextInput
        size="xs"
        type="date"
        aria-label={t('to')}
        value={search.to ?? ''}
        onChange={(e) => setSearch({ to: e.currentTarget.value || undefined })}
      />
      {filtered && (
        <Button size="xs" variant="subtle" onClick={() => setSearch({ who: undefined, room: undefined, from: undefined, to: undefined })}>
          {t('clear')}
        </Button>
      )}
    </FilterBar>
  )
}

function Detail({ entry }: { entry: Entry }) {
  const t = useWords('access')
  const f = useFormats()
  return (
    <div className="stack">
      <Pairs
        items={[
          [t('when'), f.instant(entry.at)],
          [t('who'), f.aside(entry.actorName, t(`actorKind.${entry.actorKind}`))],
          [t('what'), entry.action],
          [t('on_'), entry.subjectId],
        ]}
      />
      <pre className="audit-detail">{JSON.stringify(entry.detail, null, 2)}</pre>
      {isVeiled(entry.detail) && <p className="muted">{t('auditVeiled')}</p>}
    </div>
  )
}
