import './duplicates.css'
import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowLeft, CopyCheck, History, ScanSearch } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { ChipChoice } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { PairReview } from './PairReview.tsx'
import { type Pair, personName, REASONS } from './pair.ts'

const view = viewOf({ reason: maybeText, a: maybeText, b: maybeText })

/** Pairs of leads who may be one person: the list on the left, the two side by side on the right. */
export function DuplicatesPage() {
  const t = useWords('trust')
  const [search, setSearch] = useSearchOf(view)
  const { may } = useSession()
  const toast = useToasts()
  const navigate = useNavigate()
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false }) ?? false
  const state = useQuery(api.duplicates.state.queryOptions({ input: {}, refetchInterval: 5_000 }))
  const list = useInfiniteQuery(paged(api.duplicates.list, { limit: 50, ...(search.reason ? { reason: search.reason } : {}) }))
  useLive('leads', () => void again(api.duplicates.key()))
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const pairs = useMemo(
    () => list.data?.pages.flatMap((page) => page.items).filter((pair) => !gone.has(pair.a.id + pair.b.id)) ?? [],
    [list.data, gone],
  )
  const current = pairs.find((pair) => pair.a.id === search.a && pair.b.id === search.b)
  const first = pairs[0]
  useEffect(() => {
    if (!phone && !current && first && !search.a) setSearch({ a: first.a.id, b: first.b.id })
  })
  const select = (pair: Pair | undefined) => setSearch({ a: pair?.a.id, b: pair?.b.id })
  const at = current ? pairs.indexOf(current) : -1
  const reviewing = search.a !== undefined && search.b !== undefined
  const scan = () =>
    client.duplicates.scan({}).then(() => {
      toast.done(t('scanStarted'))
      return again(api.duplicates.key())
    }, toast.failed)
  const chips = REASONS.filter((reason) => (state.data?.byReason[reason] ?? 0) > 0)
  return (
    <>
      <PageTop title={t('duplicates')} note={state.data && state.data.open > 0 ? `${state.data.open}` : undefined}>
        <Button variant="default" leftSection={<History size={15} />} onClick={() => void navigate({ to: '/duplicates/merges' as string })}>
          {t('history')}
        </Button>
        {may('leads.write') && (
          <Button variant="default" className="hide-s" leftSection={<ScanSearch size={15} />} onClick={() => void scan()}>
            {t('scan')}
          </Button>
        )}
      </PageTop>
      <Page>
        {(!phone || !reviewing) && <p className="muted">{t('duplicatesText')}</p>}
        <Progress state={state.data} />
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.isPending && <Skeletons rows={6} height={72} />}
        {list.data && pairs.length === 0 && !reviewing && (
          <Card>
            <EmptyState icon={CopyCheck} title={t('none')}>
              {t('noneText')}
            </EmptyState>
          </Card>
        )}
        <div className="dup">
          {pairs.length > 0 && (!phone || !reviewing) && (
            <div className="dup-left">
              {chips.length > 1 && (
                <ChipChoice
                  label={t('open')}
                  value={search.reason ?? 'all'}
                  options={[['all', t('all')] as const, ...chips.map((reason) => [reason, t(`reason.${reason}`)] as const)]}
                  onChange={(to) => setSearch({ reason: to === 'all' ? undefined : to, a: undefined, b: undefined })}
                />
              )}
              <ul className="dup-list">
                {pairs.map((pair) => (
                  <li key={pair.a.id + pair.b.id}>
                    <button type="button" aria-current={pair === current} onClick={() => select(pair)}>
                      <span className="dup-names">
                        <b>{personName(pair.a, t('noName'))}</b>
                        <b>{personName(pair.b, t('noName'))}</b>
                      </span>
                      <span className="muted clip">{pair.a.companyName ?? pair.b.companyName ?? pair.a.mail}</span>
                      <span className="dup-why">
                        <span className="clip">
                          {pair.reasons
                            .map((reason) => (t.has(`reason.${reason}` as never) ? t(`reason.${reason}` as never) : reason))
                            .join('・')}
                        </span>
                        <span className="num push">{t('sure', { n: pair.strength })}</span>
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
              {list.hasNextPage && (
                <Button variant="subtle" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
                  +
                </Button>
              )}
            </div>
          )}
          {reviewing && search.a && search.b && (
            <div className="dup-right">
              {phone && (
                <Button size="xs" variant="subtle" leftSection={<ArrowLeft size={14} />} onClick={() => select(undefined)}>
                  {t('back')}
                </Button>
              )}
              <PairReview
                key={search.a + search.b}
                a={search.a}
                b={search.b}
                onSettled={(settled) => {
                  setGone(settled ? new Set([...gone, (search.a ?? '') + (search.b ?? '')]) : new Set())
                  if (settled) select(pairs[at + 1] ?? (at > 0 ? pairs[at - 1] : undefined))
                }}
                onStep={(by) => {
                  const to = pairs[at + by]
                  if (to) select(to)
                }}
              />
            </div>
          )}
        </div>
      </Page>
    </>
  )
}

/** What is under way in the background. */
function Progress({ state }: { state: Awaited<ReturnType<typeof client.duplicates.state>> | undefined }) {
  const t = useWords('trust')
  const f = useFormats()
  if (!state) return null
  const { scan, runs } = state
  return (
    <>
      {runs.map((run) => (
        <Card key={run.id}>
          <ProgressBar label={t(run.act === 'undo' ? 'runningUndo' : 'running')} done={run.moved} total={run.total} />
        </Card>
      ))}
      {scan && !scan.finishedAt && (
        <Card>
          <ProgressBar label={t('scanning')} done={scan.done} total={Math.max(scan.total, scan.done)} />
        </Card>
      )}
      <p className="muted dup-scan">
        {scan?.finishedAt ? t('scanDone', { when: f.instant(scan.finishedAt), n: scan.found }) : scan ? '' : t('scanNever')}
      </p>
    </>
  )
}
