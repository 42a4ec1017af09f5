import { ActionIcon } from '@mantine/core'
import { X } from 'lucide-react'
import type { Preceding } from '#loop/segment/rules/contract.ts'
import { useWords } from '../words/words.tsx'
import { EventPick, FilterList } from './MatchInput.tsx'
import { Pick, PickNumber } from './pick.tsx'
import type { RuleWords, Vocabulary } from './ruleWords.ts'

/** What came first, and how long before at most: 「資料のダウンロードから3日以内に」. */
export function AfterInput({
  after,
  onChange,
  ...shared
}: {
  readonly after: Preceding
  readonly onChange: (to: Preceding | undefined) => void
  readonly vocabulary: Vocabulary
  readonly words: RuleWords
}) {
  const t = useWords('segment')
  const { match, within } = after
  return (
    <span className="filter">
      {t('rule.afterHead') && <span className="glue">{t('rule.afterHead')}</span>}
      <EventPick {...shared} match={match} onChange={(to) => onChange({ ...after, match: to })} />
      <FilterList match={match} words={shared.words} onChange={(to) => onChange({ ...after, match: to })} />
      <span className="glue">{t('rule.afterFrom')}</span>
      <PickNumber
        label={t('rule.within')}
        value={within.n}
        min={1}
        max={87_600}
        onChange={(n) => onChange({ ...after, within: { ...within, n } })}
      />
      <Pick
        label={t('rule.within')}
        value={within.unit}
        options={(['days', 'hours'] as const).map((unit) => ({ value: unit, label: t(`units.${unit}`) }))}
        onChange={(unit) => onChange({ ...after, within: { ...within, unit } })}
      />
      {t('rule.afterTail') && <span className="glue">{t('rule.afterTail')}</span>}
      <ActionIcon size="xs" variant="subtle" color="gray" aria-label={t('rule.remove')} onClick={() => onChange(undefined)}>
        <X size={12} />
      </ActionIcon>
    </span>
  )
}
