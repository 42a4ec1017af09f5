import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import type { Lift } from '#loop/measure/lift/contract.ts'
import { api } from '../../api.ts'
import { LiftFigures } from '../../measure/lift/LiftFigures.tsx'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Card } from '../../parts/Page.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import type { PanelProps } from '../panelProps.ts'
import { TimingCards } from './TimingCards.tsx'

const DAYS = ['30', '90', '180'] as const

/** What the scenario has brought, against those it held back. */
export function LiftPanel({ id }: PanelProps) {
  const t = useWords('lift')
  const o = useWords('orchestrate')
  const f = useFormats()
  const [days, setDays] = useState<(typeof DAYS)[number]>('90')
  const [level, setLevel] = useState<'90' | '95'>('95')
  const found = useQuery(api.lift.ofScenario.queryOptions({ input: { id, days: Number(days), level } }))
  const measures = found.data?.measures
  return (
    <div className="page">
      <div className="stack">
        {measures && measures.length > 0 && (
          <div className="row wrap">
            <SegmentedControl
              size="xs"
              aria-label={t('window')}
              value={days}
              onChange={(to) => setDays(to as typeof days)}
              data={DAYS.map((n) => ({ value: n, label: t('days', { n: Number(n) }) }))}
            />
            <SegmentedControl
              size="xs"
              aria-label={t('level')}
              value={level}
              onChange={(to) => setLevel(to as typeof level)}
              data={(['90', '95'] as const).map((n) => ({ value: n, label: `${n}%` }))}
            />
            <Link className="push" to={'/holdout' as string}>
              {t('toCompany')}
            </Link>
          </div>
        )}
        <ErrorNote error={found.error} retry={found.refetch} />
        {found.isPending && <Skeletons rows={4} height={64} />}
        {measures?.map((one) => (
          <Card
            key={one.step ?? ''}
            title={one.step === null ? t('wholeScenario') : one.name ? t('step', { name: one.name }) : o('kinds.holdout')}
            aside={one.since && t('from', { day: f.day(one.since) })}
          >
            <LiftFigures lift={one.lift as Lift} />
          </Card>
        ))}
        <TimingCards id={id} />
        {measures?.length === 0 && (
          <EmptyState icon={FlaskConical} title={t('scenarioOff')}>
            {t('scenarioOffText')}
          </EmptyState>
        )}
      </div>
    </div>
  )
}
