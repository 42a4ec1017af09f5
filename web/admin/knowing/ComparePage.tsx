import './knowing.css'
import { useQuery } from '@tanstack/react-query'
import { Scale } from 'lucide-react'
import { api, client } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { text, viewOf } from '../parts/view.ts'
import { Pick } from '../segment/pick.tsx'
import { useWords } from '../words/words.tsx'
import { PeopleLink, shareOf } from './PeopleLink.tsx'
import { useHeadings } from './useHeadings.ts'

const view = viewOf({ a: text, b: text })
type Compared = Awaited<ReturnType<typeof client.compare.compare>>
type Row = Compared['facts'][number]['rows'][number]

function sideOf(word: string): { kind: 'segment' | 'snapshot'; id: string } | null {
  const [kind, id] = word.split('_')
  return (kind === 'segment' || kind === 'snapshot') && id ? { kind, id } : null
}

/** Two segments or snapshots beside each other. */
export function ComparePage() {
  const t = useWords('knowing')
  const [search, setSearch] = useSearchOf(view)
  const a = sideOf(search.a)
  const b = sideOf(search.b)
  const compared = useQuery({
    queryKey: ['compare', search.a, search.b],
    queryFn: async (): Promise<Compared> => {
      if (!a || !b) throw new Error('two sides')
      return client.compare.compare({ a, b })
    },
    enabled: a !== null && b !== null,
    retry: false,
  })
  const options = useSides()
  return (
    <>
      <PageTop title={t('compareTitle')} crumb={t('segments')} crumbTo="/segments" />
      <Page>
        <div className="compare-pick">
          <span className="row">
            <span className="compare-key a">A</span>
            <Pick label={t('chooseA')} value={search.a} options={options} onChange={(to) => setSearch({ a: to })} />
          </span>
          <span className="row">
            <span className="compare-key b">B</span>
            <Pick label={t('chooseB')} value={search.b} options={options} onChange={(to) => setSearch({ b: to })} />
          </span>
        </div>
        <p className="muted">{t('compareHint')}</p>
        <ErrorNote error={compared.error} retry={compared.refetch} />
        {a && b ? (
          compared.data ? (
            <Result data={compared.data} />
          ) : (
            compared.isFetching && <Skeletons rows={8} height={36} />
          )
        ) : (
          <EmptyState icon={Scale} title={t('pickBoth')}>
            {t('pickBothText')}
          </EmptyState>
        )}
      </Page>
    </>
  )
}

function useSides() {
  const t = useWords('knowing')
  const segments = useQuery(api.segments.list.queryOptions({ input: {} }))
  const snapshots = useQuery(api.snapshots.list.queryOptions({ input: {} }))
  return [
    { value: '', label: t('choose') },
    ...(segments.data?.items ?? []).map((one) => ({ value: `segment_${one.id}`, label: one.name, group: t('groupSegments') })),
    ...(snapshots.data?.items ?? []).map((one) => ({ value: `snapshot_${one.id}`, label: one.name, group: t('groupSnapshots') })),
  ]
}

function Result({ data }: { data: Compared }) {
  const t = useWords('knowing')
  const { words, headingOf } = useHeadings()
  const whole = data.onlyA.people + data.both.people + data.onlyB.people
  const parts = [
    { key: 'a', label: t('onlyOf', { name: data.a.name }), ...data.onlyA },
    { key: 'both', label: t('both'), ...data.both },
    { key: 'b', label: t('onlyOf', { name: data.b.name }), ...data.onlyB },
  ]
  return (
    <>
      <Card
        title={t('overlap')}
        aside={
          <span className="row wrap">
            <span>
              A <PeopleLink {...data.a} label={data.a.name} />
            </span>
            <span>
              B <PeopleLink {...data.b} label={data.b.name} />
            </span>
          </span>
        }
      >
        <div className="overlap-bar" aria-hidden="true">
          {parts.map((part) => part.people > 0 && <span key={part.key} className={part.key} style={{ flexGrow: part.people }} />)}
        </div>
        <ul className="overlap-parts">
          {parts.map((part) => (
            <li key={part.key}>
              <span className={`dot ${part.key}`} aria-hidden="true" />
              <span className="clip">{part.label}</span>
              <b>
                <PeopleLink people={part.people} rule={part.rule} label={part.label} />
              </b>
              <span className="muted num">{shareOf(part.people, whole)}</span>
            </li>
          ))}
        </ul>
      </Card>
      <div className="compare-facts">
        {data.facts.map(({ fact, rows }) => (
          <Card key={fact} title={words.factName(fact)}>
            {rows.length === 0 && <p className="muted">{t('nobody')}</p>}
            {rows.map((row) => (
              <Beside key={headingOf(fact, row.sort)} label={headingOf(fact, row.sort)} row={row} data={data} />
            ))}
          </Card>
        ))}
      </div>
    </>
  )
}

function Beside({ label, row, data }: { label: string; row: Row; data: Compared }) {
  return (
    <div className="beside">
      <span className="clip" title={label}>
        {label}
      </span>
      {(['a', 'b'] as const).map((side) => (
        <span className="line" key={side}>
          <span className="bar" aria-hidden="true">
            <span className={side} style={{ width: shareOf(row[side].people, data[side].people).replace('–', '0') }} />
          </span>
          <PeopleLink {...row[side]} label={`${side.toUpperCase()} ${label}`} />
          <span className="muted num">{shareOf(row[side].people, data[side].people)}</span>
        </span>
      ))}
    </div>
  )
}
