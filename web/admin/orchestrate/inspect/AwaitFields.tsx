import { TextInput } from '@mantine/core'
import type { Awaited } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../../words/words.tsx'
import type { Choice } from '../useNames.ts'
import { EventFields } from './EventFields.tsx'
import { CrossingFields, DealFields, RefSelect, WordSelect } from './picks.tsx'
import type { FieldsProps } from './props.ts'
import { AmountFields } from './WaitFields.tsx'

const KINDS = ['mail', 'event', 'form', 'segment', 'deal'] as const

/** What to wait for, and for how long at most. */
export function AwaitFields({ step, before, names, say, onChange }: FieldsProps<'await'>) {
  const t = useWords('orchestrate')
  const { event } = step
  const mails = before.filter((one) => one.kind === 'mail').map((one) => ({ value: one.id, label: say.title(one) }))
  const put = (to: Awaited) => onChange({ ...step, event: to })
  const blanks: { readonly [K in Awaited['kind']]: Awaited } = {
    mail: { kind: 'mail', step: mails.at(-1)?.value ?? '', did: 'clicked', link: '' },
    event: { kind: 'event', match: { event: 'page.viewed', filters: [] } },
    form: { kind: 'form', form: '' },
    segment: { kind: 'segment', segment: '', on: 'entered' },
    deal: { kind: 'deal', stage: '', product: '', reason: '' },
  }
  return (
    <>
      <WordSelect
        label={t('awaited.what')}
        data={KINDS.map((kind) => ({ value: kind, label: t(`awaited.${kind}`) }))}
        value={event.kind}
        onChange={(kind: Awaited['kind']) => put(blanks[kind])}
      />
      {event.kind === 'mail' && <MailFields event={event} mails={mails} onChange={put} />}
      {event.kind === 'event' && (
        <EventFields match={event.match} names={names} say={say} onChange={(match) => put({ kind: 'event', match })} />
      )}
      {event.kind === 'form' && (
        <RefSelect label={t('pick.form')} data={names.forms} value={event.form} onChange={(form) => put({ kind: 'form', form })} />
      )}
      {event.kind === 'segment' && <CrossingFields match={event} names={names} onChange={put} />}
      {event.kind === 'deal' && <DealFields match={event} names={names} onChange={put} />}
      <AmountFields
        label={t('awaited.within')}
        amount={step.within.amount}
        unit={step.within.unit}
        onChange={(within) => onChange({ ...step, within })}
      />
    </>
  )
}

function MailFields({
  event,
  mails,
  onChange,
}: {
  event: Extract<Awaited, { kind: 'mail' }>
  mails: readonly Choice[]
  onChange: (to: Awaited) => void
}) {
  const t = useWords('orchestrate')
  return (
    <>
      <RefSelect label={t('awaited.whichMail')} data={mails} value={event.step} onChange={(step) => onChange({ ...event, step })} />
      <WordSelect
        label={t('awaited.did')}
        data={(['clicked', 'opened'] as const).map((did) => ({ value: did, label: t(`awaited.${did}`) }))}
        value={event.did}
        onChange={(did) => onChange({ ...event, did })}
      />
      {event.did === 'opened' ? (
        <p className="muted">{t('awaited.openedWarning')}</p>
      ) : (
        <TextInput
          label={t('awaited.link')}
          value={event.link}
          maxLength={500}
          placeholder="/pricing"
          onChange={(e) => onChange({ ...event, link: e.currentTarget.value })}
        />
      )}
    </>
  )
}
