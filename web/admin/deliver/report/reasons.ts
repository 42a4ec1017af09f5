import { MAIL_BOUNCES } from '#loop/measure/mails/contract.ts'
import { useWords } from '../../words/words.tsx'
import { useReason } from '../ReasonList.tsx'

type Bounce = (typeof MAIL_BOUNCES)[number]
const isBounce = (reason: string): reason is Bounce => (MAIL_BOUNCES as readonly string[]).includes(reason)

/** The words of a reason, whether somebody was left out or the mail came back. */
export function useMailReason(): (reason: string) => string {
  const words = useReason()
  const t = useWords('incoming')
  return (reason) => (isBounce(reason) ? t(`reason.${reason}`) : words(reason) || '—')
}
