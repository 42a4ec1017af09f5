import { ActionIcon } from '@mantine/core'
import { X } from 'lucide-react'
import type { BehaviourRule, ScoreRule } from '#loop/score/rules/contract.ts'
import { ConditionInput } from '../segment/ConditionInput.tsx'
import { EventPick, FilterList } from '../segment/MatchInput.tsx'
import { Pick, PickNumber, PickText } from '../segment/pick.tsx'
import type { RuleWords, Vocabulary } from '../segment/ruleWords.ts'
import { useWords } from '../words/words.tsx'

/** One rule of the table: the sentence, and its points at the right. */
export function RuleRow({
  rule,
  onChange,
  vocabulary,
  words,
  readOnly,
}: {
  rule: ScoreRule
  onChange: (to: ScoreRule | null) => void
  vocabulary: Vocabulary
  words: RuleWords
  readOnly: boolean
}) {
  const t = useWords('score')
  return (
    <li className={rule.points < 0 ? 'score-rule takes' : 'score-rule'}>
      <fieldset className="sentence" disabled={readOnly}>
        {rule.kind === 'attribute' ? (
          <ConditionInput
            fact={rule.fact}
            is={rule.is}
            onChange={(fact, is) => onChange({ ...rule, fact, is })}
            vocabulary={vocabulary}
            words={words}
          />
        ) : (
          <Behaviour rule={rule} onChange={onChange} vocabulary={vocabulary} words={words} />
        )}
        <PickText
          label={t('ruleLabel')}
          value={rule.label}
          placeholder={t('ruleLabel')}
          onChange={(label) => onChange({ ...rule, label: label.slice(0, 120) })}
        />
      </fieldset>
      <fieldset className="points" disabled={readOnly}>
        <PickNumber
          label={t('points')}
          value={rule.points}
          min={-10_000}
          max={10_000}
          onChange={(points) => points !== 0 && onChange({ ...rule, points })}
        />
      </fieldset>
      {!readOnly && (
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('remove')} onClick={() => onChange(null)}>
          <X size={15} />
        </ActionIcon>
      )}
    </li>
  )
}

function Behaviour({
  rule,
  onChange,
  vocabulary,
  words,
}: {
  rule: BehaviourRule
  onChange: (to: ScoreRule) => void
  vocabulary: Vocabulary
  words: RuleWords
}) {
  const t = useWords('score')
  const { limit } = rule
  const lapses = [null, 7, 30, 90, 180, 365, ...(rule.expiresDays ? [rule.expiresDays] : [])]
  return (
    <>
      <EventPick match={rule.match} onChange={(match) => onChange({ ...rule, match })} vocabulary={vocabulary} words={words} />
      <FilterList match={rule.match} onChange={(match) => onChange({ ...rule, match })} words={words} />
      <Pick
        label={t('limit')}
        value={limit.kind}
        options={(['each', 'once', 'cap'] as const).map((kind) => ({
          value: kind,
          label: t(`limits.${kind}`),
        }))}
        onChange={(kind) => onChange({ ...rule, limit: kind === 'cap' ? { kind, times: 3 } : { kind } })}
      />
      {limit.kind === 'cap' && (
        <>
          <PickNumber
            label={t('limit')}
            value={limit.times}
            min={1}
            max={1_000}
            onChange={(times) => onChange({ ...rule, limit: { kind: 'cap', times } })}
          />
          <span className="glue">{t('capTimes')}</span>
        </>
      )}
      <Pick
        label={t('expires')}
        value={String(rule.expiresDays ?? '')}
        options={[...new Set(lapses)].map((days) => ({
          value: String(days ?? ''),
          label: days === null ? t('expiresNever') : t('expiresDays', { n: days }),
        }))}
        onChange={(to) => onChange({ ...rule, expiresDays: to === '' ? null : Number(to) })}
      />
    </>
  )
}
