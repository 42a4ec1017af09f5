import { useQuery } from '@tanstack/react-query'
import { api, type client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useWords } from '../words/words.tsx'
import { analysisView } from './analysis.ts'
import { WithinPick } from './CrossTab.tsx'
import { PeopleLink, shareOf } from './PeopleLink.tsx'
import { useHeadings } from './useHeadings.ts'

type Bar = Awaited<ReturnType<typeof client.analysis.spread>>['score'][number]
const FACTS = { rank: 'score.main.rank', heat: 'score.main.heat', stage: 'sales.stage' } as const

/** How many leads there are by band of the score, rank, heat and stage. */
export function SpreadTab() {
  const t = useWords('knowing')
  const [{ segment }, setSearch] = useSearchOf(analysisView)
  const { headingOf } = useHeadings()
  const spread = useQuery(api.analysis.spread.queryOptions({ input: segment ? { segment } : {}, retry: false }))
  const data = spread.data
  const bandName = ({ from, to }: Bar) =>
    from === null
      ? t('bandBelow')
      : to === null
        ? t('bandAbove', { from: String(from) })
        : t('band', { from: String(from), to: String(to) })
  const valueName = (fact: string) => (bar: Bar) =>
    headingOf(fact, bar.key === 'none' || bar.key === 'other' ? { kind: bar.key } : { kind: 'value', value: bar.key })
  return (
    <>
      <div className="analysis-ask">
        <span>{t('within')}</span>
        <WithinPick value={segment ?? ''} onChange={(to) => setSearch({ segment: to || undefined })} />
        {data && (
          <NumberLink to="/leads" search={segment ? { segment } : {}}>
            {t('people', { n: data.total })}
          </NumberLink>
        )}
      </div>
      <ErrorNote error={spread.error} retry={spread.refetch} />
      {spread.isPending && <Skeletons rows={8} height={36} />}
      {data && (
        <div className="spread">
          <Card title={t('score')}>
            <Bars bars={data.score} nameOf={bandName} total={data.total} />
          </Card>
          {(['rank', 'heat', 'stage'] as const).map((key) => (
            <Card key={key} title={t(key)}>
              <Bars bars={data[key]} nameOf={valueName(FACTS[key])} total={data.total} />
            </Card>
          ))}
        </div>
      )}
    </>
  )
}

function Bars({ bars, nameOf, total }: { bars: readonly Bar[]; nameOf: (bar: Bar) => string; total: number }) {
  const most = Math.max(1, ...bars.map((bar) => bar.people))
  return (
    <ul className="spread-bars">
      {bars.map((bar) => (
        <li key={bar.key}>
          <span className="nowrap">{nameOf(bar)}</span>
          <span className="bar" aria-hidden="true">
            <span className="a" style={{ width: `${(bar.people / most) * 100}%` }} />
          </span>
          <PeopleLink people={bar.people} rule={bar.rule} label={nameOf(bar)} />
          <span className="muted num">{shareOf(bar.people, total)}</span>
        </li>
      ))}
    </ul>
  )
}
