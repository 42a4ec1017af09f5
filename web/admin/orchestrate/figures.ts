// The live numbers at the foot of a node.
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import type { useFormats } from '../parts/formats.ts'
import type { useWords } from '../words/words.tsx'
import type { Numbers } from './useNumbers.ts'

type Formats = ReturnType<typeof useFormats>
type T = ReturnType<typeof useWords<'orchestrate'>>

/** A number with its word; `opens` when the people behind it can be shown. */
export interface Figure {
  readonly label: string
  readonly value: string
  readonly opens?: { readonly step: string; readonly way?: string }
}

/** At most three figures; none while nobody has been here. */
export function figuresOf(t: T, f: Formats, numbers: Numbers, id: string, step: Step | undefined): Figure[] {
  const waiting = numbers.waiting.get(id) ?? 0
  const standing: Figure[] = waiting ? [{ label: t('live.waiting'), value: f.number(waiting), opens: { step: id } }] : []
  const mail = numbers.mails.get(id)
  if (step?.kind !== 'mail' || !mail) return standing
  const rate = (n: number | null) => (mail.sent && n !== null ? f.percent(n / mail.sent) : '–')
  const behind = (n: number | null, way: string) => (n ? { opens: { step: id, way } } : {})
  return [
    ...standing,
    { label: t('live.sent'), value: f.number(mail.sent), ...behind(mail.sent, 'mail.sent') },
    { label: t('live.opened'), value: rate(mail.opened), ...behind(mail.opened, 'mail.opened') },
    mail.held
      ? { label: t('live.held'), value: f.number(mail.held), ...behind(mail.held, 'mail.held') }
      : { label: t('live.clicked'), value: rate(mail.clicked), ...behind(mail.clicked, 'mail.clicked') },
  ].slice(0, 3)
}
