import { ActionIcon, Button, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { RANKS, type RankBand, type ScoreSettings } from '#loop/score/rules/contract.ts'
import { Chip } from '../parts/Chip.tsx'
import { PickNumber } from '../segment/pick.tsx'
import { useWords } from '../words/words.tsx'

/** Ranks from the best down, each from so many points: which stage of thinking a value stands for. */
export function RanksInput({
  settings,
  onChange,
  readOnly,
}: {
  readonly settings: ScoreSettings
  readonly onChange: (to: ScoreSettings) => void
  readonly readOnly: boolean
}) {
  const t = useWords('score')
  const { ranks } = settings
  const set = (next: readonly Omit<RankBand, 'name'>[]) =>
    onChange({ ...settings, ranks: [...next].sort((a, b) => b.at - a.at).map((band, i) => ({ ...band, name: RANKS[i] ?? 'E' })) })
  const lowest = ranks.at(-1)?.at ?? 100
  return (
    <div className="stack-s wide">
      <p className="muted hint">{t('ranksHint')}</p>
      {ranks.map((band, i) => (
        <div className="heat-line" key={band.name}>
          <Chip tone={i === 0 ? 'red' : i === 1 ? 'amber' : 'grey'}>{band.name}</Chip>
          <PickNumber
            label={t('rankAt')}
            value={band.at}
            onChange={(at) => set(ranks.map((one) => (one === band ? { ...one, at } : one)))}
          />
          <span className="glue">{t('orMore')}</span>
          <TextInput
            size="xs"
            className="push"
            aria-label={t('rankLabel')}
            placeholder={t('rankLabel')}
            maxLength={40}
            value={band.label}
            onChange={(event) => set(ranks.map((one) => (one === band ? { ...one, label: event.currentTarget.value } : one)))}
          />
          {!readOnly && (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('rankRemove', { name: band.name })}
              onClick={() => set(ranks.filter((one) => one !== band))}
            >
              <X size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
      {!readOnly && ranks.length < RANKS.length && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<Plus size={14} />}
          onClick={() => set([...ranks, { label: '', at: ranks.length ? lowest - 20 : lowest }])}
        >
          {t('rankAdd')}
        </Button>
      )}
    </div>
  )
}
