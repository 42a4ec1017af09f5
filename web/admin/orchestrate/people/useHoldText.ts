// Why somebody is where they are, in one line.
import type { ScenarioPerson } from '#loop/orchestrate/contract.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { useWords } from '../../words/words.tsx'
import { useBecause } from '../useBecause.ts'
import type { Sentences } from '../useSentences.ts'

type Hold = NonNullable<ScenarioPerson['hold']>

export function useHoldText(steps: readonly Step[], say: Sentences): (hold: Hold) => string {
  const t = useWords('scenarioPeople')
  const f = useFormats()
  const { reason } = useBecause()
  return ({ kind, until, what, step }) => {
    const when = until === null ? '' : f.instant(until)
    const timed = (word: 'capped' | 'quiet' | 'wait' | 'event' | 'task'): string =>
      when ? t(`holds.${word}`, { when }) : t(`holds.${word}Open`)
    const text =
      kind === 'capped' || kind === 'quiet' || kind === 'wait' || kind === 'event' || kind === 'task'
        ? timed(kind)
        : kind === 'paused' || kind === 'queued' || kind === 'moving'
          ? t(`holds.${kind}`)
          : t(`holds.${kind}`, { what: what ? reason(what) : '' })
    const other = step === null ? undefined : steps.find((one) => one.id === step)
    return other ? f.pair(say.title(other), text) : text
  }
}
