// Waits for the best hour against the share that went on at once: by people, with intervals, and said when nothing is proven yet.
import '../versions/versions.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  ARMS,
  type Compared,
  OUTCOMES,
  type Outcome,
  type TimedWait,
  type TimingArm,
  type TimingNumber,
} from '#loop/measure/scenarios/timing/contract.ts'
import { api, paged } from '../../api.ts'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import { Scroller } from '../../parts/Scroller.tsx'
import { useWords } from '../../words/words.tsx'
import { behindOf, type MeasuredBehind, MeasuredDrawer } from '../people/MeasuredDrawer.tsx'

const TONES: Readonly<Record<Compared['verdict'], Tone>> = { helps: 'green', hurts: 'red', open: 'amber', few: 'grey', noControl: 'grey' }
const DAYS = 14

/** One card for each wait for the best hour; nothing where the scenario has none. */
export function TimingCards({ id }: { id: string }) {
  const t = useWords('lift')
  const o = useWords('orchestrate')
  const f = useFormats()
  const [behind, setBehind] = useState<MeasuredBehind | null>(null)
  const found = useQuery(api.scenarioReports.timing.queryOptions({ input: { id, days: DAYS } }))
  const waits = (found.data?.waits ?? []) as readonly TimedWait[]
  return (
    <>
      <ErrorNote error={found.error} retry={found.refetch} />
      {waits.map((wait) => {
        const title = f.pair(t('timing'), wait.name || o('wait.bestHour'))
        const open = (arm: TimingArm, of: TimingNumber) =>
          setBehind(
            behindOf(
              f.pair(t(`timingArm.${arm}`), t(`timingNumber.${of}`)),
              paged(api.scenarioReports.timingPeople, { id, step: wait.step, arm, of, days: DAYS, limit: 50 }),
            ),
          )
        return (
          <Card key={wait.step} title={title} aside={wait.since && t('from', { day: f.day(wait.since) })}>
            <Timing wait={wait} open={open} />
          </Card>
        )
      })}
      <MeasuredDrawer behind={behind} onClose={() => setBehind(null)} />
    </>
  )
}

type Open = (arm: TimingArm, of: TimingNumber) => void

function Timing({ wait, open }: { wait: TimedWait; open: Open }) {
  const t = useWords('lift')
  const shown = OUTCOMES.filter((of) => of !== 'reached' || wait.hasGoal || ARMS.some((arm) => wait.arms[arm].reached > 0))
  return (
    <div className="stack lift">
      <p className="muted lift-method">{t('timingText', { n: wait.control })}</p>
      <Scroller label={t('timing')}>
        <table className="sv-table">
          <thead>
            <tr>
              <td />
              {ARMS.map((arm) => (
                <th scope="col" key={arm}>
                  {t(`timingArm.${arm}`)}
                </th>
              ))}
              <th scope="col">{t('timingDifference')}</th>
            </tr>
          </thead>
          <tbody>
            {(['people', 'sent'] as const).map((of) => (
              <tr key={of}>
                <th scope="row">{t(`timingNumber.${of}`)}</th>
                {ARMS.map((arm) => (
                  <td className="num" key={arm}>
                    <Count n={wait.arms[arm][of]} onOpen={() => open(arm, of)} />
                  </td>
                ))}
                <td />
              </tr>
            ))}
            {shown.map((of) => (
              <Row key={of} wait={wait} of={of} open={open} />
            ))}
          </tbody>
        </table>
      </Scroller>
      <p className="muted lift-method">
        {wait.young > 0 && `${t('timingYoung', { n: wait.young, days: DAYS })} `}
        {t('timingMethod', { days: DAYS })}
      </p>
    </div>
  )
}

function Count({ n, onOpen }: { n: number; onOpen: () => void }) {
  const f = useFormats()
  return n > 0 ? <NumberLink onClick={onOpen}>{f.number(n)}</NumberLink> : f.number(n)
}

function Row({ wait, of, open }: { wait: TimedWait; of: Outcome; open: Open }) {
  const t = useWords('lift')
  const f = useFormats()
  const { difference, verdict, more } = wait.compared[of]
  const points = (n: number) => `${n > 0 ? '+' : n < 0 ? '−' : ''}${f.decimal(Math.abs(n) * 100)}`
  return (
    <tr data-strong>
      <th scope="row">
        {t(`timingNumber.${of}`)} {/* Where a phone shows it without scrolling. */}
        <Chip tone={TONES[verdict]}>{t(`verdict.${verdict}`)}</Chip>
      </th>
      {ARMS.map((arm) => {
        const { rates, people } = wait.arms[arm]
        return (
          <td className="num" key={arm}>
            {f.percent(people ? rates[of].value : null)}{' '}
            <span className="muted">
              (<Count n={wait.arms[arm][of]} onOpen={() => open(arm, of)} />)
            </span>
            {people > 0 && <small>{t('timingInterval', { low: f.percent(rates[of].low), high: f.percent(rates[of].high) })}</small>}
          </td>
        )
      })}
      <td className="num">
        {difference ? (
          <>
            {t('timingPoints', { n: points(difference.value) })}
            <small>{t('timingInterval', { low: points(difference.low), high: points(difference.high) })}</small>
          </>
        ) : (
          '—'
        )}
        {more !== null && <small>{t('timingMore', { n: more })}</small>}
      </td>
    </tr>
  )
}
