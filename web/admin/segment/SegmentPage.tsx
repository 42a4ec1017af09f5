import './segment.css'
import { ActionIcon, Button, Menu, Tabs } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Ellipsis, Filter, Pencil, TimerOff, Trash2 } from 'lucide-react'
import { WEEK_MOVES } from '#loop/segment/contract.ts'
import { leavesOf, type Rule } from '#loop/segment/rules/contract.ts'
import { again, api, client, paged } from '../api.ts'
import { SegmentActs } from '../knowing/MoreLists.tsx'
import { ExportButton } from '../lists/ExportButton.tsx'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Who } from '../parts/Avatar.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import type { Column } from '../parts/grid.ts'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeOneOf, maybeText, oneOf, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { Definition } from './Definition.tsx'
import { type RuleWords, useRuleWords } from './ruleWords.ts'
import { Stays } from './Stays.tsx'
import { useSettled } from './useSettled.ts'
import { WhyDrawer } from './Why.tsx'

type Segment = Awaited<ReturnType<typeof client.segments.get>>
type Member = Awaited<ReturnType<typeof client.segments.members>>['items'][number]
const view = viewOf({ tab: oneOf(['members', 'history', 'rule'], 'members'), who: maybeText, week: maybeOneOf(WEEK_MOVES) })

/** One segment: who is in, who came and went, and the rule. */
export function SegmentPage() {
  const t = useWords('segment')
  const { id } = useParams({ strict: false }) as { id: string }
  const [{ tab, who, week }, setSearch] = useSearchOf(view)
  const segment = useQuery({
    ...api.segments.get.queryOptions({ input: { id } }),
    refetchInterval: (query) => (query.state.data?.filling ? 1_000 : false),
  })
  const settle = useSettled(() => void again(api.segments.key()))
  useLive('people', settle)
  useLive('segments', settle)
  if (!segment.data)
    return (
      <>
        <PageTop title={t('title')} crumb={t('title')} crumbTo="/segments" />
        <Page>{segment.error ? <ErrorNote error={segment.error} retry={segment.refetch} /> : <Skeletons rows={8} height={44} />}</Page>
      </>
    )
  const open = (person: string) => setSearch({ who: person })
  return (
    <>
      <Top segment={segment.data} />
      <div className="tab-bar">
        <Tabs value={tab} onChange={(to) => setSearch({ tab: to as typeof tab })}>
          <Tabs.List>
            <Tabs.Tab value="members">{t('members')}</Tabs.Tab>
            <Tabs.Tab value="history">{t('history')}</Tabs.Tab>
            <Tabs.Tab value="rule">{t('definition')}</Tabs.Tab>
          </Tabs.List>
        </Tabs>
      </div>
      {tab === 'members' && <Members segment={segment.data} onOpen={open} />}
      {tab === 'history' && <Stays id={id} week={week} onWeek={(to) => setSearch({ week: to })} onOpen={open} />}
      {tab === 'rule' && <Definition segment={segment.data} />}
      <WhyDrawer segment={id} person={who ?? null} onClose={() => setSearch({ who: undefined })} />
    </>
  )
}

function Top({ segment }: { segment: Segment }) {
  const t = useWords('segment')
  const toast = useToasts()
  const navigate = useNavigate()
  const { may } = useSession()
  const archive = () =>
    client.segments.archive({ id: segment.id }).then(() => {
      toast.undo(t('archived', { name: segment.name }), () =>
        client.segments.restore({ id: segment.id }).then(() => {
          void again(api.segments.key())
          void navigate({ to: `/segments/${segment.id}` as string })
        }),
      )
      void again(api.segments.key())
      void navigate({ to: '/segments' as string })
    }, toast.failed)
  const count =
    segment.liveVersion === null ? null : segment.isEstimate ? t('peopleMore', { n: segment.members }) : t('people', { n: segment.members })
  return (
    <>
      <PageTop title={segment.name} crumb={t('title')} crumbTo="/segments" note={<span className="num">{count}</span>}>
        <ExportButton source="leads" title={segment.name} filter={{ segment: segment.id }} />
        {may('segments.write') && (
          <>
            <Menu position="bottom-end" width={240} shadow="md">
              <Menu.Target>
                <ActionIcon variant="default" size={34} aria-label={t('archive')}>
                  <Ellipsis size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <SegmentActs id={segment.id} mayWrite />
                <Menu.Item color="red" leftSection={<Trash2 size={15} />} onClick={() => void archive()}>
                  {t('archive')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <Button component={Link} to={`/segments/${segment.id}/edit` as string} variant="default" leftSection={<Pencil size={14} />}>
              {t('edit')}
            </Button>
          </>
        )}
      </PageTop>
      {segment.filling && (
        <div className="filling-note">
          <ProgressBar
            label={t(segment.liveVersion === null ? 'firstFilling' : 'fillingNote')}
            done={Math.round(segment.filling.progress * 100)}
            total={100}
          />
        </div>
      )}
      {segment.fault && (
        <p className="fault-note" role="status">
          <TimerOff size={15} aria-hidden />
          {t(segment.liveVersion === null ? 'tooSlowFirst' : 'tooSlow')}
        </p>
      )}
    </>
  )
}

function Members({ segment, onOpen }: { segment: Segment; onOpen: (person: string) => void }) {
  const t = useWords('segment')
  const f = useFormats()
  const list = useInfiniteQuery(paged(api.segments.members, { id: segment.id, limit: 100 }))
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const words = useRuleWords(vocabulary.data)
  const columns: Column<Member>[] = [
    {
      key: 'person',
      head: t('person'),
      width: 'minmax(180px, 1.2fr)',
      phone: 'title',
      cell: (row) => <Who name={row.isLead ? row.name : `${t('visitor')} ${row.name}`} />,
    },
    {
      key: 'company',
      head: t('company'),
      width: 'minmax(140px, 1fr)',
      phone: 'sub',
      cell: (row) => <span className="clip">{row.company ?? '—'}</span>,
    },
    { key: 'score', head: t('score'), width: '120px', phone: 'side', cell: (row) => <ScoreBar score={row.score} /> },
    { key: 'since', head: t('since'), width: '120px', cell: (row) => <Ago at={row.since} /> },
    {
      key: 'until',
      head: t('until'),
      width: 'minmax(160px, 200px)',
      cell: (row) => <span className="muted nowrap">{row.until ? f.instant(row.until) : t('untilNever')}</span>,
    },
    {
      key: 'why',
      head: t('why'),
      width: 'minmax(140px, 1fr)',
      cell: (row) => <span className="clip muted">{reasonShort(row, segment.rule as Rule, words, t, f)}</span>,
    },
  ]
  return (
    <DataGrid
      label={t('members')}
      query={list}
      rowKey={(row) => row.id}
      rowName={(row) => row.name}
      onOpen={(row) => onOpen(row.id)}
      columns={columns}
      total={{ n: segment.members, about: segment.isEstimate }}
      empty={
        <EmptyState icon={Filter} title={segment.liveVersion === null ? t('firstFilling') : t('noMembers')}>
          {segment.liveVersion === null ? null : words.ruleText(segment.rule)}
        </EmptyState>
      }
    />
  )
}

/** The first reason in a few words: how many events and when, or the value. */
function reasonShort(
  row: Member,
  rule: Rule,
  words: RuleWords,
  t: ReturnType<typeof useWords<'segment'>>,
  f: ReturnType<typeof useFormats>,
): string {
  const [first] = row.because
  if (!first) return '—'
  if (first.seen !== undefined)
    return first.times?.[0] ? t('seenAt', { n: first.seen, at: f.ago(first.times[0]) }) : t('seen', { n: first.seen })
  if (first.value === undefined || first.value === null) return '—'
  const leaf = leavesOf(rule).find(({ path }) => path === first.path)?.leaf
  if (leaf?.kind === 'segment') return words.leafText(leaf)
  if (leaf?.kind !== 'fact') return String(first.value)
  const shown = [first.value].flat().map((one) => shownValue(words, leaf.fact, one, f))
  const said = t('reasonFact', { fact: words.factName(leaf.fact), value: f.list(shown) })
  return leaf.on ? t('text.on', { at: f.day(leaf.on), text: said }) : said
}

function shownValue(words: RuleWords, fact: string, value: unknown, f: ReturnType<typeof useFormats>): string {
  if (typeof value === 'number') return f.number(value)
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return f.instant(value)
  return words.optionName(words.fact(fact), String(value))
}
