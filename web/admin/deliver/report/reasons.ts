import { STOP_REASONS } from '#loop/deliver/feedback/reasons/contract.ts'
import { MAIL_BOUNCES, type MailNumber, STOPPED_OTHERWISE } from '#loop/measure/mails/contract.ts'
import { useLanguage, useWords } from '../../words/words.tsx'
import { useReason } from '../ReasonList.tsx'

type Bounce = (typeof MAIL_BOUNCES)[number]
const isBounce = (reason: string): reason is Bounce => (MAIL_BOUNCES as readonly string[]).includes(reason)
type Otherwise = (typeof STOPPED_OTHERWISE)[number]
const isOtherwise = (reason: string): reason is Otherwise => (STOPPED_OTHERWISE as readonly string[]).includes(reason)

/** The words of a reason: why somebody was left out, why a mail came back, or why they stopped. */
export function useMailReason(): (reason: string, of?: MailNumber) => string {
  const words = useReason()
  const t = useWords('incoming')
  const n = useWords('newsletters')
  const { language } = useLanguage()
  return (reason, of) => {
    if (of === 'stopped')
      return isOtherwise(reason) ? n(`stop.${reason}`) : (STOP_REASONS.find((one) => one.value === reason)?.[language] ?? reason)
    return isBounce(reason) ? t(`reason.${reason}`) : words(reason) || '—'
  }
}
