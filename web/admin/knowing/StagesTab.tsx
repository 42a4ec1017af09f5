import { useQuery } from '@tanstack/react-query'
import type { Place } from '#loop/measure/analysis/contract.ts'
import { api } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Scroller } from '../parts/Scroller.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { addDays, dayOf } from '../parts/zone.ts'
import { useWords } from '../words/words.tsx'
import { analysisView } from './analysis.ts'
import { PeopleLink } from './PeopleLink.tsx'
import { useHeadings } from './useHeadings.ts'

/** The company's day, so many days from today. */
const dayFrom = (shift: number): string => addDays(dayOf(new Date()), shift)

/** From which stage to which, those who stayed included. */
export function StagesTab() {
  const t = useWords('knowing')
  const { words } = useHeadings()
  const [search, setSearch] = useSearchOf(analysisView)
  const period = { from: search.from ?? dayFrom(-30), to: search.to ?? dayFrom(0) }
  const table = useQuery(api.analysis.stages.queryOptions({ input: period, retry: false }))
  const name = (place: Place) => (place === 'none' ? t('notYet') : words.optionName(words.fact('sales.stage'), place))
  const data = table.data
  const most = Math.max(1, ...(data?.cells ?? []).filter((one) => one.from !== one.to).map((one) => one.people))
  return (
    <>
      <div className="analysis-ask">
        {(['from', 'to'] as const).map((key) => (
          <label key={key} className="row">
            <span>{t(key)}</span>
            <input
              type="date"
              className="pick"
              value={period[key]}
              onChange={(e) => setSearch({ [key]: e.currentTarget.value || undefined })}
            />
          </label>
        ))}
      </div>
      <p className="muted">{t('stagesHint')}</p>
      <ErrorNote error={table.error} retry={table.refetch} />
      {table.isPending && <Skeletons rows={7} height={36} />}
      {data && (
        <Card title={t('tabStages')}>
          <Scroller label={t('tabStages')} className="cross-scroll">
            <table className="cross">
              <thead>
                <tr>
                  <th scope="col">
                    {t('stood')} ＼ {t('stands')}
                  </th>
                  {data.places
                    .filter((place) => place !== 'none')
                    .map((to) => (
                      <th scope="col" key={to}>
                        {name(to)}
                      </th>
                    ))}
                </tr>
              </thead>
              <tbody>
                {data.places.map((from) => (
                  <tr key={from}>
                    <th scope="row">{name(from)}</th>
                    {data.places
                      .filter((place) => place !== 'none')
                      .map((to) => {
                        const cell = data.cells.find((one) => one.from === from && one.to === to)
                        const people = cell?.people ?? 0
                        const part = from === to ? 0 : people / most
                        return (
                          <td key={to} className={from === to ? 'stayed' : undefined} style={{ '--part': part } as React.CSSProperties}>
                            <PeopleLink people={people} rule={cell?.rule} label={t('movedTitle', { from: name(from), to: name(to) })} />
                          </td>
                        )
                      })}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroller>
        </Card>
      )}
    </>
  )
}
