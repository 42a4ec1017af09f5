import { useQuery } from '@tanstack/react-query'
import { Table2 } from 'lucide-react'
import { api, client } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Scroller } from '../parts/Scroller.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { EventPick } from '../segment/MatchInput.tsx'
import { Pick, PickNumber } from '../segment/pick.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { analysisView } from './analysis.ts'
import { PeopleLink, shareOf } from './PeopleLink.tsx'
import { useHeadings } from './useHeadings.ts'

const SORTABLE = new Set(['text', 'choice', 'choices', 'boolean'])
/** Words that are somebody's own are no rows of a table. */
const OWN = new Set(['mail', 'phone', 'familyName', 'givenName', 'familyKana', 'givenKana', 'address', 'building', 'contactMail'])

/** The leads of a segment, or all. */
export function WithinPick({ value, onChange }: { value: string; onChange: (to: string) => void }) {
  const t = useWords('knowing')
  const segments = useQuery(api.segments.list.queryOptions({ input: {} }))
  const options = [{ value: '', label: t('allLeads') }, ...(segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))]
  return <Pick label={t('within')} value={value} options={options} onChange={onChange} />
}

/** A fact by what leads did, or by another fact. */
export function CrossTab() {
  const t = useWords('knowing')
  const { language } = useLanguage()
  const [search, setSearch] = useSearchOf(analysisView)
  const { vocabulary, words, headingOf } = useHeadings()
  const { row, by, event, fact, days, segment } = search
  const table = useQuery({
    queryKey: ['analysis', 'cross', row, by, event, fact, days, segment],
    queryFn: () =>
      client.analysis.cross({
        row,
        column: by === 'event' ? { kind: 'event', match: { event, filters: [] }, days } : { kind: 'fact', fact },
        ...(segment ? { within: { kind: 'segment', segment, isIn: true } } : {}),
      }),
    retry: false,
  })
  const facts = (vocabulary?.facts ?? [])
    .filter((one) => SORTABLE.has(one.type) && !OWN.has(one.name))
    .map((one) => ({ value: one.name, label: one[language] }))
  const data = table.data
  return (
    <>
      <div className="analysis-ask">
        <span>{t('row')}</span>
        <Pick label={t('row')} value={row} options={facts} onChange={(to) => setSearch({ row: to })} />
        <span>{t('column')}</span>
        <Pick
          label={t('column')}
          value={by}
          options={[
            { value: 'event' as const, label: t('byEvent') },
            { value: 'fact' as const, label: t('byFact') },
          ]}
          onChange={(to) => setSearch({ by: to })}
        />
        {by === 'fact' && <Pick label={t('byFact')} value={fact} options={facts} onChange={(to) => setSearch({ fact: to })} />}
        {by === 'event' && vocabulary && (
          <>
            <EventPick
              match={{ event, filters: [] }}
              onChange={(to) => setSearch({ event: to.event })}
              vocabulary={vocabulary}
              words={words}
            />
            <span>{t('days')}</span>
            <PickNumber
              label={t('days')}
              value={days}
              onChange={(to) => setSearch({ days: Math.min(3650, Math.max(1, Math.round(to))) })}
            />
          </>
        )}
        <span>{t('within')}</span>
        <WithinPick value={segment ?? ''} onChange={(to) => setSearch({ segment: to || undefined })} />
      </div>
      <ErrorNote error={table.error} retry={table.refetch} />
      {table.isPending && <Skeletons rows={8} height={36} />}
      {data && data.total.people === 0 && <EmptyState icon={Table2} title={t('nobody')} />}
      {data && data.total.people > 0 && (
        <Card
          title={`${words.factName(row)} × ${by === 'event' ? words.eventName(event) : words.factName(fact)}`}
          aside={data.several ? t('several') : undefined}
        >
          <Scroller label={t('tabCross')} className="cross-scroll">
            <table className="cross">
              <thead>
                <tr>
                  <th scope="col">{words.factName(row)}</th>
                  {data.columns.map((column) => (
                    <th scope="col" key={headingOf(fact, column.heading)}>
                      {headingOf(fact, column.heading)}
                    </th>
                  ))}
                  <th scope="col">{t('total')}</th>
                </tr>
              </thead>
              <tbody>
                {data.rows.map((line) => {
                  const name = headingOf(row, line.heading)
                  return (
                    <tr key={name}>
                      <th scope="row">{name}</th>
                      {line.cells.map((cell, i) => (
                        <td
                          key={headingOf(fact, data.columns[i]?.heading ?? { kind: 'none' })}
                          style={{ '--part': line.people ? cell.people / line.people : 0 } as React.CSSProperties}
                        >
                          <PeopleLink {...cell} label={`${name} ${headingOf(fact, data.columns[i]?.heading ?? { kind: 'none' })}`} />
                          <span className="muted num">{shareOf(cell.people, line.people)}</span>
                        </td>
                      ))}
                      <td className="sum">
                        <PeopleLink people={line.people} rule={line.rule} label={name} />
                        <span className="muted num">{shareOf(line.people, data.total.people)}</span>
                      </td>
                    </tr>
                  )
                })}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row">{t('total')}</th>
                  {data.columns.map((column) => (
                    <td key={headingOf(fact, column.heading)} className="sum">
                      <PeopleLink people={column.people} rule={column.rule} label={headingOf(fact, column.heading)} />
                      <span className="muted num">{shareOf(column.people, data.total.people)}</span>
                    </td>
                  ))}
                  <td className="sum">
                    <PeopleLink {...data.total} label={t('total')} />
                  </td>
                </tr>
              </tfoot>
            </table>
          </Scroller>
        </Card>
      )}
    </>
  )
}
