import { Select, TextInput } from '@mantine/core'
import type { Awaited } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../../words/words.tsx'
import { EventFields } from './EventFields.tsx'
import type { FieldsProps } from './props.ts'
import { AmountFields } from './WaitFields.tsx'

const KINDS = ['mail', 'event', 'form', 'segment'] as const

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
    segment: { kind: 'segment', segment: '' },
  }
  return (
    <>
      <Select
        label={t('awaited.what')}
        data={KINDS.map((kind) => ({ value: kind, label: t(`awaited.${kind}`) }))}
        value={event.kind}
        allowDeselect={false}
        onChange={(kind) => kind && put(blanks[kind as Awaited['kind']])}
      />
      {event.kind === 'mail' && (
        <>
          <Select
            label={t('awaited.whichMail')}
            data={mails}
            value={event.step || null}
            placeholder={t('pick.none')}
            onChange={(to) => put({ ...event, step: to ?? '' })}
          />
          <Select
            label={t('awaited.did')}
            data={(['clicked', 'opened'] as const).map((did) => ({ value: did, label: t(`awaited.${did}`) }))}
            value={event.did}
            allowDeselect={false}
            onChange={(did) => put({ ...event, did: did === 'opened' ? 'opened' : 'clicked' })}
          />
          {event.did === 'opened' ? (
            <p className="muted">{t('awaited.openedWarning')}</p>
          ) : (
            <TextInput
              label={t('awaited.link')}
              value={event.link}
              maxLength={500}
              placeholder="/pricing"
              onChange={(e) => put({ ...event, link: e.currentTarget.value })}
            />
          )}
        </>
      )}
      {event.kind === 'event' && (
        <EventFields match={event.match} names={names} say={say} onChange={(match) => put({ kind: 'event', match })} />
      )}
      {event.kind === 'form' && (
        <Select
          label={t('pick.form')}
          data={names.forms}
          value={event.form || null}
          placeholder={t('pick.none')}
          searchable
          onChange={(form) => put({ kind: 'form', form: form ?? '' })}
        />
      )}
      {event.kind === 'segment' && (
        <Select
          label={t('pick.segment')}
          data={names.segments}
          value={event.segment || null}
          placeholder={t('pick.none')}
          searchable
          onChange={(segment) => put({ kind: 'segment', segment: segment ?? '' })}
        />
      )}
      <AmountFields amount={step.within.amount} unit={step.within.unit} onChange={(within) => onChange({ ...step, within })} />
    </>
  )
}
