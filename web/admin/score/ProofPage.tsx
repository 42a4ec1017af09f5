import './proof.css'
import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowLeft, Scale, Wand2 } from 'lucide-react'
import { useState } from 'react'
import type { Power, ProofBand, RuleProof } from '#loop/measure/proof/contract.ts'
import type { ScoreRule } from '#loop/score/rules/contract.ts'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { viewOf } from '../parts/view.ts'
import { useRuleWords } from '../segment/ruleWords.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { type Opened, ProofDeals } from './ProofDeals.tsx'

const view = viewOf({
  score: (raw) => (typeof raw === 'string' && raw ? raw : 'main'),
  of: (raw) => (raw === 'draft' ? 'draft' : 'live') as 'live' | 'draft',
})
type Proof = Awaited<ReturnType<typeof client.proof.ofScore>>

/** What the rules of a score are worth, measured on the deals that were won and lost. */
export function ProofPage() {
  const t = useWords('proof')
  const f = useFormats()
  const [{ score, of }, setSearch] = useSearchOf(view)
  const proof = useQuery(api.proof.ofScore.queryOptions({ input: { name: score, of } }))
  const scores = useQuery(api.scores.list.queryOptions({ input: {} }))
  const model = scores.data?.items.find((one) => one.name === score)
  const rules = (of === 'draft' ? model?.draft : model?.live)?.rules ?? []
  const data = proof.data
  const [opened, setOpened] = useState<Opened | null>(null)
  return (
    <>
      <PageTop title={t('title')}>
        <Button component={Link} to="/scores" variant="default" leftSection={<ArrowLeft size={15} />}>
          {t('back')}
        </Button>
      </PageTop>
      <Page>
        <ErrorNote error={proof.error ?? scores.error} retry={proof.refetch} />
        {(proof.isPending || scores.isPending) && <Skeletons rows={8} height={44} />}
        {data && model && (
          <div className="stack proof">
            <div className="row wrap">
              <p className="muted">
                {data.from && data.to
                  ? t('sample', { won: data.won, lost: data.lost, from: f.day(data.from), to: f.day(data.to) })
                  : t('noDeals')}
              </p>
              {model.draft && (
                <SegmentedControl
                  className="push"
                  size="xs"
                  aria-label={t('which')}
                  value={of}
                  onChange={(to) => setSearch({ of: to === 'draft' ? 'draft' : 'live' })}
                  data={[
                    { value: 'live', label: t('live') },
                    { value: 'draft', label: t('draft') },
                  ]}
                />
              )}
            </div>
            {!data.enough && (
              <EmptyState icon={Scale} title={t('few')}>
                {t('fewText', { needed: data.needed, won: data.won, lost: data.lost })}
              </EmptyState>
            )}
            {data.enough && (
              <div className="proof-top">
                <Powers live={data.live} draft={data.draft} />
                <Bands bands={data.bands} base={data.base.value} onOpen={setOpened} />
              </div>
            )}
            <Rules proof={data} rules={rules} model={model} onOpen={setOpened} />
            <p className="muted hint">{t('method')}</p>
          </div>
        )}
      </Page>
      <ProofDeals score={score} of={of} opened={opened} onClose={() => setOpened(null)} />
    </>
  )
}

type Open = (opened: Opened) => void

function Powers({ live, draft }: { readonly live: Power | null; readonly draft: Power | null }) {
  const t = useWords('proof')
  const f = useFormats()
  const row = (label: string, power: Power | null) =>
    power && (
      <tr>
        <th scope="row">{label}</th>
        <td className="num">
          {power.auc ? power.auc.value.toFixed(2) : '—'}
          {power.auc && (
            <span className="muted">
              {' '}
              {power.auc.low.toFixed(2)}–{power.auc.high.toFixed(2)}
            </span>
          )}
        </td>
        <td className="num">{power.topTenth === null ? '—' : f.percent(power.topTenth)}</td>
      </tr>
    )
  return (
    <Card title={t('power')}>
      <p className="muted hint">{t('powerHint')}</p>
      <table className="proof-table">
        <thead>
          <tr>
            <td />
            <th scope="col">{t('auc')}</th>
            <th scope="col">{t('topTenth')}</th>
          </tr>
        </thead>
        <tbody>
          {row(t('live'), live)}
          {row(t('draft'), draft)}
        </tbody>
      </table>
    </Card>
  )
}

function Bands({ bands, base, onOpen }: { readonly bands: readonly ProofBand[]; readonly base: number; readonly onOpen: Open }) {
  const t = useWords('proof')
  const f = useFormats()
  return (
    <Card title={t('bands')}>
      <p className="muted hint">{t('bandsHint', { base: f.percent(base) })}</p>
      <ul className="proof-bands">
        {bands.map((band) => (
          <li key={band.from}>
            <span className="num">{t('band', { from: band.from, to: band.to })}</span>
            <Interval low={band.rate.low} value={band.rate.value} high={band.rate.high} mark={base} most={1} />
            <span className="num">
              <b>{f.percent(band.rate.value)}</b>{' '}
              <NumberLink
                label={`${t('band', { from: band.from, to: band.to })} ${t('of', { won: band.won, n: band.n })}`}
                onClick={() =>
                  onOpen({ title: t('band', { from: band.from, to: band.to }), n: band.n, asked: { from: band.from, to: band.to } })
                }
              >
                {t('of', { won: band.won, n: band.n })}
              </NumberLink>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** A figure with its interval on a scale, and a mark to compare it with. */
function Interval({ low, value, high, mark, most }: { low: number; value: number; high: number; mark: number; most: number }) {
  const at = (n: number) => `${Math.max(0, Math.min(1, n / most)) * 100}%`
  return (
    <span className="proof-interval" aria-hidden>
      <i className="range" style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
      <i className="mark" style={{ left: at(mark) }} />
      <i className="dot" style={{ left: at(value) }} />
    </span>
  )
}

const TONES = { helps: 'green', hurts: 'red', open: 'grey', few: 'grey' } as const
type Model = Awaited<ReturnType<typeof client.scores.list>>['items'][number]

function Rules({
  proof,
  rules,
  model,
  onOpen,
}: {
  readonly proof: Proof
  readonly rules: readonly ScoreRule[]
  readonly model: Model
  readonly onOpen: Open
}) {
  const t = useWords('proof')
  const { may } = useSession()
  const toast = useToasts()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const better = proof.rules.filter((one) => one.suggested !== null && one.suggested !== 0 && one.suggested !== one.points)
  const settings = (model.draft ?? model.live)?.settings
  const basedOn = model.revision
  const take = () => {
    if (!settings) return
    const points = new Map(better.map((one) => [one.ruleId, one.suggested ?? one.points]))
    const next = rules.map((rule) => ({ ...rule, points: points.get(rule.id) ?? rule.points }))
    setBusy(true)
    client.scores
      .saveDraft({ name: model.name, rules: next, settings, basedOn })
      .then(() => Promise.all([again(api.scores.key()), again(api.proof.key())]))
      .then(() => {
        toast.done(t('taken'))
        void navigate({ to: '/scores' })
      }, setFailed)
      .finally(() => setBusy(false))
  }
  return (
    <Card
      title={t('rules')}
      aside={
        may('scores.write') &&
        better.length > 0 && (
          <Button size="compact-sm" variant="light" leftSection={<Wand2 size={14} />} loading={busy} onClick={take}>
            {t('take', { n: better.length })}
          </Button>
        )
      }
    >
      <ErrorNote error={failed} />
      <ul className="proof-rules">
        {proof.rules.map((one) => (
          <RuleLine key={one.ruleId} proof={one} rule={rules.find((rule) => rule.id === one.ruleId)} onOpen={onOpen} />
        ))}
      </ul>
      {!proof.rules.length && <p className="muted">{t('noRules')}</p>}
    </Card>
  )
}

const MOST_LIFT = 4

function RuleLine({ proof, rule, onOpen }: { readonly proof: RuleProof; readonly rule: ScoreRule | undefined; readonly onOpen: Open }) {
  const t = useWords('proof')
  const f = useFormats()
  const vocabulary = useQuery({ ...api.scores.vocabulary.queryOptions({ input: {} }), staleTime: 300_000 })
  const words = useRuleWords({ facts: vocabulary.data?.facts ?? [], events: [], segments: [] })
  const { language } = useLanguage()
  const [open, close] = language === 'ja' ? ['（', '）'] : ['(', ')']
  const { lift, suggested } = proof
  const name =
    rule?.label ||
    (rule?.kind === 'attribute'
      ? words.factText(rule.fact, rule.is)
      : rule
        ? `${words.matchText(rule.match).event}${words.matchText(rule.match).filters}`
        : '')
  const deals = (held: 'yes' | 'no' | 'unknown', n: number) => {
    const title = `${name} ・ ${t(`held.${held}`)}`
    if (n === 0) return t('deals', { n })
    return (
      <NumberLink label={`${title} ${t('deals', { n })}`} onClick={() => onOpen({ title, n, asked: { rule: proof.ruleId, held } })}>
        {t('deals', { n })}
      </NumberLink>
    )
  }
  const side = (held: 'yes' | 'no', { n, rate }: RuleProof['with']) => (
    <span className="nowrap">
      {t(`held.${held}`)} {n > 0 && f.percent(rate.value)}
      {language === 'ja' ? '' : ' '}
      {open}
      {deals(held, n)}
      {close}
    </span>
  )
  return (
    <li>
      <div className="what">
        <b>{name}</b>
        <span className="muted num">
          {side('yes', proof.with)}
          {' ・ '}
          {side('no', proof.without)}
          {proof.unknown > 0 && (
            <>
              {' ・ '}
              {t('unknown')} {open}
              {deals('unknown', proof.unknown)}
              {close}
            </>
          )}
        </span>
      </div>
      <div className="lift">
        {lift && proof.proven !== 'few' ? (
          <>
            <Interval low={lift.low} value={lift.value} high={lift.high} mark={1} most={MOST_LIFT} />
            <span className="num">
              {t('lift', { n: lift.value.toFixed(1) })}{' '}
              <span className="muted">
                {lift.low.toFixed(1)}–{lift.high.toFixed(1)}
              </span>
            </span>
          </>
        ) : null}
        <Chip tone={TONES[proof.proven]}>{t(`proven.${proof.proven}`)}</Chip>
      </div>
      <div className="points num">
        {t('points', { n: proof.points })}
        {suggested !== null && suggested !== proof.points && <b className="to">→ {t('points', { n: suggested })}</b>}
      </div>
    </li>
  )
}
