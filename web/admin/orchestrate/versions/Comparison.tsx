import { SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Comparison as Compared,
  type CompareMetric,
  type CompareSide,
  type Estimate,
  METRICS,
} from '#loop/measure/scenarios/contract.ts'
import { api } from '../../api.ts'
import { Chip } from '../../parts/Chip.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import type { Version } from './versions.ts'

const DAYS = ['14', '30', '90'] as const

/** Two versions side by side, as they were and with the same people. */
export function Comparison({ id, items }: { id: string; items: readonly Version[] }) {
  const t = useWords('scenarioVersions')
  const [a, setA] = useState(String(items[1]?.version ?? 1))
  const [b, setB] = useState(String(items[0]?.version ?? 1))
  const [days, setDays] = useState<(typeof DAYS)[number]>('30')
  const choices = items.map((one) => ({ value: String(one.version), label: t('version', { n: one.version }) }))
  const several = items.length > 1
  const found = useQuery({
    ...api.scenarioReports.compare.queryOptions({ input: { id, a: Number(a), b: Number(b), days: Number(days) } }),
    enabled: several && a !== b,
  })
  return (
    <section className="card stack" aria-label={t('compare')}>
      <div className="card-head wrap">
        <h2>{t('compare')}</h2>
        {several && (
          <div className="row wrap push">
            <Select
              size="xs"
              w={92}
              aria-label={`${t('compare')} A`}
              allowDeselect={false}
              data={choices}
              value={a}
              onChange={(to) => setA(to ?? a)}
            />
            <Select
              size="xs"
              w={92}
              aria-label={`${t('compare')} B`}
              allowDeselect={false}
              data={choices}
              value={b}
              onChange={(to) => setB(to ?? b)}
            />
            <SegmentedControl
              size="xs"
              aria-label={t('within')}
              value={days}
              onChange={(to) => setDays(to as typeof days)}
              data={DAYS.map((n) => ({ value: n, label: t('days', { n: Number(n) }) }))}
            />
          </div>
        )}
      </div>
      <p className="muted sv-hint">{several ? t('compareText') : t('needTwo')}</p>
      <ErrorNote error={found.error} retry={found.refetch} />
      {several && a !== b && found.isPending && <Skeletons rows={4} height={40} />}
      {found.data && <Table found={found.data as Compared} />}
    </section>
  )
}

function Table({ found }: { found: Compared }) {
  const t = useWords('scenarioVersions')
  const f = useFormats()
  const { a, b, adjusted } = found
  const figures = useFigures()
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on a phone, also by keys */}
      <section className="sv-scroll" aria-label={t('compare')} tabIndex={0}>
        <table className="sv-table">
          <thead>
            <tr>
              <td />
              <th scope="col">{t('version', { n: a.version })}</th>
              <th scope="col">{t('version', { n: b.version })}</th>
              <th scope="col">{t('difference')}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t('entries')}</th>
              <Entries side={a} />
              <Entries side={b} />
              <td />
            </tr>
            <tr>
              <th scope="row">
                {t('totalDeals')}・{t('totalYen')}
              </th>
              {[a, b].map((side) => (
                <td key={side.version} className="num">
                  {f.number(side.deals)}・{f.money(side.yen)}
                </td>
              ))}
              <td />
            </tr>
          </tbody>
          {METRICS.filter((metric) => metric !== 'goal' || a.reached + b.reached > 0).map((metric) => (
            <tbody key={metric}>
              <tr>
                <th scope="row">
                  {t(metric)}
                  <small>{t('raw')}</small>
                </th>
                <Figure of={a.rates[metric]} show={figures[metric]} />
                <Figure of={b.rates[metric]} show={figures[metric]} />
                <td />
              </tr>
              {adjusted.verdict === 'ok' && (
                <tr data-strong>
                  <th scope="row">
                    <small>{t('adjusted')}</small>
                  </th>
                  <Figure of={adjusted.a?.[metric]} show={figures[metric]} />
                  <Figure of={adjusted.b?.[metric]} show={figures[metric]} />
                  <Difference of={adjusted.difference?.[metric]} show={figures[metric]} />
                </tr>
              )}
            </tbody>
          ))}
        </table>
      </section>
      <p className="muted sv-hint">
        {adjusted.verdict === 'ok' && t('method', { strata: adjusted.strata })}
        {adjusted.verdict === 'few' && t('few')}
        {adjusted.verdict === 'notComparable' &&
          t('notComparable', { a: a.version, b: b.version, shareA: f.percent(adjusted.covered.a), shareB: f.percent(adjusted.covered.b) })}
      </p>
      <Steps a={a} b={b} />
    </>
  )
}

function useFigures(): Readonly<Record<CompareMetric, (n: number) => string>> {
  const f = useFormats()
  const yen = (n: number) => (n < 0 ? `−${f.money(Math.round(-n))}` : f.money(Math.round(n)))
  return { goal: (n) => f.percent(n), deals: (n) => n.toFixed(3), yen }
}

function Entries({ side }: { side: CompareSide }) {
  const t = useWords('scenarioVersions')
  const f = useFormats()
  return (
    <td className="num">
      {f.number(side.entries)}
      {side.young > 0 && <small>{t('young', { n: side.young })}</small>}
      {side.moved > 0 && <small>{t('movedLater', { n: side.moved })}</small>}
    </td>
  )
}

function Figure({ of, show }: { of: Estimate | undefined; show: (n: number) => string }) {
  const t = useWords('scenarioVersions')
  if (!of) return <td>—</td>
  return (
    <td className="num">
      {show(of.value)}
      <small>{t('interval', { low: show(of.low), high: show(of.high) })}</small>
    </td>
  )
}

function Difference({ of, show }: { of: Estimate | undefined; show: (n: number) => string }) {
  const t = useWords('scenarioVersions')
  if (!of) return <td>—</td>
  const verdict = of.low > 0 ? 'better' : of.high < 0 ? 'worse' : 'open'
  return (
    <td className="num">
      {of.value > 0 ? '+' : ''}
      {show(of.value)}
      <small>{t('interval', { low: show(of.low), high: show(of.high) })}</small>
      <Chip tone={verdict === 'better' ? 'green' : verdict === 'worse' ? 'red' : 'grey'}>{t(verdict)}</Chip>
    </td>
  )
}

/** How many came to each step: those of both versions in the order of the newer. */
function Steps({ a, b }: { a: CompareSide; b: CompareSide }) {
  const t = useWords('scenarioVersions')
  const o = useWords('orchestrate')
  const all = [...b.steps, ...a.steps.filter((one) => b.steps.every((other) => other.step !== one.step))]
  return (
    <details className="sv-steps">
      <summary>{t('steps')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on a phone, also by keys */}
      <section className="sv-scroll" aria-label={t('compare')} tabIndex={0}>
        <table className="sv-table">
          <thead>
            <tr>
              <th scope="col">{t('step')}</th>
              <th scope="col">{t('version', { n: a.version })}</th>
              <th scope="col">{t('version', { n: b.version })}</th>
            </tr>
          </thead>
          <tbody>
            {all.map((one) => (
              <tr key={one.step}>
                <th scope="row">{one.name || o(`kinds.${one.kind as 'wait'}`)}</th>
                {[a, b].map((side) => (
                  <Came key={side.version} of={side.steps.find((step) => step.step === one.step)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}

function Came({ of }: { of: CompareSide['steps'][number] | undefined }) {
  const t = useWords('scenarioVersions')
  const f = useFormats()
  if (!of) return <td className="muted">{t('notThere')}</td>
  const share = of.of ? of.came / of.of : 0
  return (
    <td className="num">
      {f.percent(of.of ? share : null)} <span className="muted">({f.number(of.came)})</span>
      <span className="track" aria-hidden>
        <i style={{ width: `${share * 100}%`, background: 'var(--chart-1)' }} />
      </span>
    </td>
  )
}
