import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.tsx'

export type Tone = 'grey' | 'blue' | 'violet' | 'amber' | 'teal' | 'green' | 'red'

/** A soft chip with a dot and always a word: `<Chip tone="green">稼働中</Chip>`. */
export function Chip({ tone = 'grey', dot = true, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className="st" style={{ color: `var(--${tone}-ink)`, background: `var(--${tone}-soft)` }}>
      {dot && <i aria-hidden />}
      {children}
    </span>
  )
}

const tones = { visitor: 'grey', new: 'grey', nurture: 'blue', mql: 'violet', sql: 'amber', deal: 'teal', customer: 'green' } as const
export type Stage = keyof typeof tones

/** Whether a text is one of the stages this part knows. */
export const isStage = (text: string): text is Stage => text in tones

/** The stage of a lead; fixed hues, explained on hover. Unknown stages show their own text in grey. */
export function StageChip({ stage }: { stage: string | null | undefined }) {
  const t = useWords('parts')
  if (!stage) return <span className="muted">—</span>
  if (!isStage(stage)) return <Chip>{stage}</Chip>
  return (
    <Tooltip label={t(`stageHelp.${stage}`)} multiline maw={280}>
      <span>
        <Chip tone={tones[stage]}>{t(`stage.${stage}`)}</Chip>
      </span>
    </Tooltip>
  )
}
