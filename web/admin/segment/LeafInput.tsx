import type { EventLeaf, FactLeaf, FirstLeaf, Leaf, Period, SegmentLeaf } from '#loop/segment/rules/contract.ts'
import { addDays, dayOf, instantOf } from '../parts/zone.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { AfterInput } from './AfterInput.tsx'
import { ConditionInput } from './ConditionInput.tsx'
import { EventPick, FilterList } from './MatchInput.tsx'
import { Pick, PickDay, PickNumber } from './pick.tsx'
import type { RuleWords, Vocabulary } from './ruleWords.ts'

interface Shared {
  readonly vocabulary: Vocabulary
  readonly words: RuleWords
}

/** One condition as a sentence with words to choose. */
export function LeafInput({ leaf, onChange, ...shared }: Shared & { leaf: Leaf; onChange: (to: Leaf) => void }) {
  if (leaf.kind === 'fact') return <FactSentence {...shared} leaf={leaf} onChange={onChange} />
  if (leaf.kind === 'segment') return <SegmentSentence {...shared} leaf={leaf} onChange={onChange} />
  if (leaf.kind === 'first') return <FirstSentence {...shared} leaf={leaf} onChange={onChange} />
  return <EventSentence {...shared} leaf={leaf} onChange={onChange} />
}

function FactSentence({ leaf, onChange, ...shared }: Shared & { leaf: FactLeaf; onChange: (to: Leaf) => void }) {
  const keepsPast = (fact: string) => shared.words.fact(fact)?.keepsPast === true
  const { on, ...now } = leaf
  return (
    <ConditionInput
      {...shared}
      fact={leaf.fact}
      is={leaf.is}
      onChange={(fact, is) => onChange({ ...(on && keepsPast(fact) ? leaf : now), fact, is })}
    >
      {keepsPast(leaf.fact) && <OnInput on={on} onChange={(day) => onChange(day ? { ...leaf, on: day } : now)} />}
    </ConditionInput>
  )
}

/** Whether the value of now is asked, or that of a day that is over. */
function OnInput({ on, onChange }: { on: string | undefined; onChange: (to: string | null) => void }) {
  const t = useWords('segment')
  const last = addDays(dayOf(new Date()), -1)
  return (
    <span className="keep">
      <Pick
        label={t('rule.when')}
        value={on ? 'past' : 'now'}
        options={(['now', 'past'] as const).map((one) => ({ value: one, label: t(`when.${one}`) }))}
        onChange={(to) => onChange(to === 'now' ? null : last)}
      />
      {on && <PickDay label={t('rule.when')} value={on} max={last} onChange={onChange} />}
      {on && t('rule.onTail') && <span className="glue">{t('rule.onTail')}</span>}
    </span>
  )
}

function EventSentence({ leaf, onChange, ...shared }: Shared & { leaf: EventLeaf; onChange: (to: Leaf) => void }) {
  const t = useWords('segment')
  const { language } = useLanguage()
  const { count } = leaf
  const period = <PeriodInput period={leaf.period} onChange={(to) => onChange({ ...leaf, period: to })} />
  const event = <EventPick {...shared} match={leaf.match} onChange={(match) => onChange({ ...leaf, match })} />
  const filters = <FilterList match={leaf.match} words={shared.words} onChange={(match) => onChange({ ...leaf, match })} />
  const after = leaf.after && (
    <AfterInput {...shared} after={leaf.after} onChange={(to) => onChange(to ? { ...leaf, after: to } : withoutAfter(leaf))} />
  )
  const silent = count.op === 'atMost' && count.n === 0
  const n = !silent && (
    <>
      <PickNumber
        label={t('rule.count')}
        value={count.n}
        min={0}
        max={1_000}
        onChange={(to) => onChange({ ...leaf, count: { ...count, n: to } })}
      />
      <span className="glue">{t('rule.times')}</span>
    </>
  )
  const op = (
    <Pick
      label={t('rule.count')}
      value={silent ? 'none' : count.op}
      options={(['atLeast', 'atMost', 'exactly', 'none'] as const).map((one) => ({ value: one, label: t(`count.${one}`) }))}
      onChange={(to) => onChange({ ...leaf, count: to === 'none' ? { op: 'atMost', n: 0 } : { op: to, n: count.n || 1 } })}
    />
  )
  return language === 'ja' ? (
    <>
      {period}
      <span className="glue">{t('rule.ni')}</span>
      {after}
      {event}
      {filters}
      <span className="glue">{t('rule.ga')}</span>
      <span className="keep">
        {n}
        {op}
      </span>
    </>
  ) : (
    <>
      {event}
      {filters}
      <span className="keep">
        {op}
        {n}
      </span>
      {after}
      {period}
    </>
  )
}

const withoutAfter = ({ after: _gone, ...leaf }: EventLeaf): EventLeaf => leaf

function FirstSentence({ leaf, onChange, ...shared }: Shared & { leaf: FirstLeaf; onChange: (to: Leaf) => void }) {
  const t = useWords('segment')
  return (
    <>
      <span className="glue">{t('rule.first')}</span>
      <EventPick {...shared} match={leaf.match} onChange={(match) => onChange({ ...leaf, match })} />
      <FilterList match={leaf.match} words={shared.words} onChange={(match) => onChange({ ...leaf, match })} />
      <PeriodInput period={leaf.period} onChange={(period) => onChange({ ...leaf, period })} />
    </>
  )
}

function SegmentSentence({ leaf, onChange, vocabulary, words }: Shared & { leaf: SegmentLeaf; onChange: (to: Leaf) => void }) {
  const t = useWords('segment')
  const { language } = useLanguage()
  const isIn = (
    <Pick
      label={t('rule.op')}
      value={leaf.isIn ? 'in' : 'out'}
      options={[
        { value: 'in', label: t('rule.isIn') },
        { value: 'out', label: t('rule.isOut') },
      ]}
      onChange={(to) => onChange({ ...leaf, isIn: to === 'in' })}
    />
  )
  const segment = (
    <Pick
      label={t('rule.segmentName')}
      value={leaf.segment}
      options={vocabulary.segments.map((one) => ({ value: one.id, label: words.segmentName(one.id) }))}
      onChange={(to) => onChange({ ...leaf, segment: to })}
    />
  )
  return language === 'ja' ? (
    <>
      {segment}
      {isIn}
    </>
  ) : (
    <>
      {isIn}
      {segment}
    </>
  )
}

function PeriodInput({ period, onChange }: { period: Period; onChange: (to: Period) => void }) {
  const t = useWords('segment')
  const kind = (
    <Pick
      label={t('rule.period')}
      value={period.kind}
      options={(['last', 'ever', 'since'] as const).map((one) => ({ value: one, label: t(`periods.${one}`) }))}
      onChange={(to) =>
        onChange(
          to === 'ever'
            ? { kind: 'ever' }
            : to === 'last'
              ? { kind: 'last', n: 30, unit: 'days' }
              : { kind: 'since', at: instantOf(dayOf(new Date())) ?? '' },
        )
      }
    />
  )
  if (period.kind === 'ever') return kind
  if (period.kind === 'since')
    return (
      <>
        {kind}
        <PickDay
          label={t('rule.period')}
          value={dayOf(period.at)}
          onChange={(day) => onChange({ kind: 'since', at: instantOf(day) ?? period.at })}
        />
      </>
    )
  return (
    <>
      {kind}
      <PickNumber label={t('rule.period')} value={period.n} min={1} max={87_600} onChange={(n) => onChange({ ...period, n })} />
      <Pick
        label={t('rule.period')}
        value={period.unit}
        options={(['days', 'hours'] as const).map((unit) => ({ value: unit, label: t(`units.${unit}`) }))}
        onChange={(unit) => onChange({ ...period, unit })}
      />
    </>
  )
}
