import { SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import {
  type Comparison as Compared,
  type CompareMetric,
  type CompareNumber,
  type CompareSide,
  type Estimate,
  METRICS,
} from '#loop/measure/scenarios/contract.ts'
import { api, paged } from '../../api.ts'
import { Chip } from '../../parts/Chip.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Scroller } from '../../parts/Scroller.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { behindOf, type MeasuredBehind, MeasuredDrawer } from '../people/MeasuredDrawer.tsx'
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
  const [behind, setBehind] = useState<MeasuredBehind | null>(null)
  const open: Open = ({ version }, of, title, step) => {
    const side = version === Number(a) ? 'a' : 'b'
    const asked = {
      id,
      a: Number(a),
      b: Number(b),
      days: Number(days),
      side,
      of,
      limit: 50,
      ...(step === undefined ? {} : { step }),
    } as const
    setBehind(behindOf(`${t('version', { n: version })}・${title}`, paged(api.scenarioReports.comparePeople, asked)))
  }
  return (
    <section className="card stack sv-compare" aria-label={t('compare')}>
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
      {found.data && <Table found={found.data as Compared} open={open} />}
      <MeasuredDrawer behind={behind} onClose={() => setBehind(null)} />
    </section>
  )
}

/** While nobody's days are over there is nothing to say of a version. */
const isCounted = ({ entries, young }: CompareSide): boolean => entries > young

/** Opens the people behind a number of a version; `came` is asked for a step. */
type Open = (side: CompareSide, of: CompareNumber, title: string, step?: string) => void

function Table({ found, open }: { found: Compared; open: Open }) {
  const t = useWords('scenarioVersions')
  const f = useFormats()
  const { a, b, adjusted } = found
  const figures = useFigures()
  const l = useWords('lift')
  const points = (n: number) => l('timingPoints', { n: `${n < 0 ? '−' : ''}${f.decimal(Math.abs(n) * 100)}` })
  const peopleOf = (metric: CompareMetric, side: CompareSide) => {
    const [n, of] = metric === 'goal' ? ([side.reached, 'reached'] as const) : ([side.buyers, 'buyers'] as const)
    return n > 0 ? { onOpen: () => open(side, of, t(of)) } : {}
  }
  return (
    <>
      <Scroller label={t('compare')}>
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
              <Entries side={a} open={open} />
              <Entries side={b} open={open} />
              <td />
            </tr>
            <tr>
              <th scope="row">
                {t('totalDeals')}・{t('totalYen')}
              </th>
              {[a, b].map((side) => (
                <td key={side.version} className="num">
                  <Opening n={side.buyers} onOpen={() => open(side, 'buyers', t('buyers'))}>
                    {isCounted(side) ? `${f.number(side.deals)}・${f.money(side.yen)}` : '—'}
                  </Opening>
                </td>
              ))}
              <td />
            </tr>
          </tbody>
          {METRICS.filter((metric) => (metric === 'goal' ? a.reached + b.reached : a.deals + b.deals) > 0).map((metric) => (
            <tbody key={metric}>
              <tr>
                <th scope="row">
                  {t(metric)}
                  <small>{t('raw')}</small>
                </th>
                {[a, b].map((side) => (
                  <Figure
                    key={side.version}
                    of={isCounted(side) ? side.rates[metric] : undefined}
                    show={figures[metric]}
                    {...peopleOf(metric, side)}
                  />
                ))}
                <td />
              </tr>
              {adjusted.verdict === 'ok' && (
                <tr data-strong>
                  <th scope="row">
                    <small>{t('adjusted')}</small>
                  </th>
                  <Figure of={adjusted.a?.[metric]} show={figures[metric]} />
                  <Figure of={adjusted.b?.[metric]} show={figures[metric]} />
                  <Difference of={adjusted.difference?.[metric]} show={metric === 'goal' ? points : figures[metric]} />
                </tr>
              )}
            </tbody>
          ))}
        </table>
      </Scroller>
      <p className="muted sv-hint">
        {adjusted.verdict === 'ok' && t('method', { strata: adjusted.strata, units: adjusted.units })}
        {adjusted.verdict === 'few' && t('few')}
        {adjusted.verdict === 'notComparable' &&
          t('notComparable', { a: a.version, b: b.version, shareA: f.percent(adjusted.covered.a), shareB: f.percent(adjusted.covered.b) })}
      </p>
      <Steps a={a} b={b} open={open} />
    </>
  )
}

function useFigures(): Readonly<Record<CompareMetric, (n: number) => string>> {
  const f = useFormats()
  const yen = (n: number) => (n < 0 ? `−${f.money(Math.round(-n))}` : f.money(Math.round(n)))
  return { goal: (n) => f.percent(n), deals: (n) => n.toFixed(3), yen }
}

function Opening({ n, onOpen, children }: { n: number; onOpen: () => void; children: ReactNode }) {
  return n > 0 ? <NumberLink onClick={onOpen}>{children}</NumberLink> : children
}

function Entries({ side, open }: { side: CompareSide; open: Open }) {
  const t = useWords('scenarioVersions')
  const f = useFormats()
  return (
    <td className="num">
      <Opening n={side.entries} onOpen={() => open(side, 'entries', t('entries'))}>
        {f.number(side.entries)}
      </Opening>
      {(
        [
          ['young', 'young', side.young],
          ['moved', 'movedLater', side.moved],
        ] as const
      ).map(
        ([of, word, n]) =>
          n > 0 && (
            <small key={of}>
              <NumberLink onClick={() => open(side, of, t(word, { n }))}>{t(word, { n })}</NumberLink>
            </small>
          ),
      )}
    </td>
  )
}

function Figure({ of, show, onOpen }: { of: Estimate | undefined; show: (n: number) => string; onOpen?: () => void }) {
  const t = useWords('scenarioVersions')
  if (!of) return <td>—</td>
  return (
    <td className="num">
      {onOpen ? <NumberLink onClick={onOpen}>{show(of.value)}</NumberLink> : show(of.value)}
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
function Steps({ a, b, open }: { a: CompareSide; b: CompareSide; open: Open }) {
  const t = useWords('scenarioVersions')
  const o = useWords('orchestrate')
  const all = [...b.steps, ...a.steps.filter((one) => b.steps.every((other) => other.step !== one.step))]
  return (
    <details className="sv-steps">
      <summary>{t('steps')}</summary>
      <Scroller label={t('compare')}>
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
                  <Came
                    key={side.version}
                    of={side.steps.find((step) => step.step === one.step)}
                    onOpen={() => open(side, 'came', one.name || o(`kinds.${one.kind as 'wait'}`), one.step)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </details>
  )
}

function Came({ of, onOpen }: { of: CompareSide['steps'][number] | undefined; onOpen: () => void }) {
  const t = useWords('scenarioVersions')
  const f = useFormats()
  if (!of) return <td className="muted">{t('notThere')}</td>
  const share = of.of ? of.came / of.of : 0
  return (
    <td className="num">
      {f.percent(of.of ? share : null)}{' '}
      <span className="muted">
        (
        <Opening n={of.came} onOpen={onOpen}>
          {f.number(of.came)}
        </Opening>
        )
      </span>
      <span className="track" aria-hidden>
        <i style={{ width: `${share * 100}%`, background: 'var(--chart-1)' }} />
      </span>
    </td>
  )
}
