import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { SimulationDetail } from '#loop/orchestrate/simulate/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { Kpi, Kpis } from '../../parts/Kpi.tsx'
import { instantOf } from '../../parts/zone.ts'
import { useWords } from '../../words/words.tsx'
import { Calendar } from './Calendar.tsx'
import { Compared } from './Compared.tsx'
import { Flow } from './Flow.tsx'
import { Known } from './Known.tsx'
import { Caps, Collisions, Weeks } from './Load.tsx'
import { PlaceDrawer } from './PlaceDrawer.tsx'
import { type Open, type Place, partsOf, type Shown, sumOf, useSimulated } from './simulation.ts'

/** What a simulation came to. Every number opens its people. */
export function Result({ detail }: { detail: SimulationDetail }) {
  const t = useWords('simulate')
  const parts = partsOf(detail, t)
  const [key, setKey] = useState('a')
  const [day, setDay] = useState<number | null>(null)
  const [place, setPlace] = useState<Place | null>(null)
  const shown = parts.find((one) => one.key === key) ?? parts[0]
  if (!shown) return null
  const next = day === null ? undefined : shown.result.days[day + 1]?.day
  const open: Open = (one) => setPlace({ ...one, part: shown.key })
  // Only the ways are shown as of a day.
  const openDay: Open = (one) => setPlace({ ...one, part: shown.key, until: next && midnight(next) })
  return (
    <>
      {parts.length > 1 && detail.result?.both && (
        <>
          <Compared parts={parts} both={detail.result.both} open={(one, part) => setPlace({ ...one, part })} />
          <SegmentedControl
            aria-label={t('part')}
            value={shown.key}
            onChange={setKey}
            data={parts.map((one) => ({ value: one.key, label: t(one.key === 'a' ? 'partA' : 'partB', { name: one.name }) }))}
          />
        </>
      )}
      <Figures shown={shown} open={open} />
      <Calendar days={shown.result.days} day={day} onDay={setDay} />
      <Played key={shown.key} id={detail.id} shown={shown} day={day} open={openDay} />
      <div className="sm-two">
        <Weeks result={shown.result} open={open} />
        <Collisions result={shown.result} open={open} />
        <Caps result={shown.result} open={open} />
        <Known shown={shown} />
      </div>
      <PlaceDrawer id={detail.id} place={place} onClose={() => setPlace(null)} />
    </>
  )
}

/** The server compares instants: a day begins at the company's midnight. */
const midnight = (day: string): string => instantOf(day) ?? ''

function Played({ id, shown, day, open }: { id: string; shown: Shown; day: number | null; open: Open }) {
  const { numbers, today } = useSimulated(id, shown, day)
  return <Flow shown={shown} numbers={numbers} today={today} open={open} />
}

function Figures({ shown: { result }, open }: { shown: Shown; open: Open }) {
  const t = useWords('simulate')
  const f = useFormats()
  const sent = result.mails.reduce((sum, one) => sum + one.sent, 0)
  const later = result.mails.reduce((sum, one) => sum + one.postponed, 0)
  const unsent = result.mails.reduce((sum, one) => sum + sumOf(one.held), 0)
  const most = result.weeks.own.findLastIndex((n) => n > 0) + 1
  const goal = result.ends['goal'] ?? 0
  const opens = (n: number, fn: () => void) => (n > 0 ? { onOpen: fn } : {})
  const mails = (fate: string, title: string, n: number) => opens(n, () => open({ place: `mail * ${fate}`, title, n }))
  return (
    <Kpis six>
      <Kpi
        label={t('entered')}
        value={f.number(result.entered)}
        {...opens(result.entered, () => open({ place: 'way start next', title: t('placeStart'), n: result.entered }))}
        hint={
          result.again.busy + result.again.entry > 0 && (
            <span title={t('againOf', result.again)}>
              {t('again_')} {f.number(result.again.busy + result.again.entry)}
            </span>
          )
        }
      />
      <Kpi
        label={t('reached')}
        value={f.number(goal)}
        {...opens(goal, () => open({ place: 'way end goal', title: t('reached'), n: goal }))}
      />
      <Kpi label={t('mails')} value={f.number(sent)} {...mails('sent', t('placeSent'), sent)} />
      <Kpi label={t('later')} value={f.number(later)} {...mails('postponed', t('later'), later)} />
      <Kpi label={t('unsent')} value={f.number(unsent)} {...mails('held', t('placeHeld'), unsent)} />
      <Kpi
        label={t('perWeek')}
        value={most === 0 ? '0' : most >= 5 ? t('perWeekMore') : t('perWeekValue', { n: most })}
        {...opens(most, () => open({ place: `weeks own ${most}`, title: t('perWeek'), n: result.weeks.own[most - 1] ?? 0 }))}
      />
    </Kpis>
  )
}
