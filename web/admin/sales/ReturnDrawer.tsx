import { Radio, Textarea } from '@mantine/core'
import { client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useWords } from '../words/words.tsx'
import type { Handoff } from './rows.ts'
import { useAnswers } from './useAnswers.ts'

const REASONS = ['too_early', 'no_budget', 'no_need', 'wrong_person', 'unreachable', 'duplicate', 'bad_data', 'other'] as const
type Values = { reason: (typeof REASONS)[number] | ''; note: string }

/** Gives a lead back; without a reason it cannot be sent. */
export function ReturnDrawer({ handoff, onClose, onDone }: { handoff: Handoff | null; onClose: () => void; onDone: () => void }) {
  const t = useWords('sales')
  const answers = useAnswers()
  const form = useProblemForm<Values>({
    initialValues: { reason: '', note: '' },
    validate: { reason: (reason) => (reason === '' ? t('chooseReason') : null) },
  })
  const send = form.send(
    async ({ reason, note }) => {
      if (handoff && reason) await client.handoffs.giveBack({ id: handoff.id, leadId: handoff.lead.id, reason, ...(note ? { note } : {}) })
      return handoff
    },
    (done) => {
      form.reset()
      onClose()
      onDone()
      if (done) answers.givenBack(done)
    },
  )
  return (
    <FormDrawer
      opened={handoff !== null}
      onClose={onClose}
      title={t('giveBackTitle', { name: handoff?.lead.name || t('unnamed') })}
      verb={t('giveBack')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <p className="muted">{t('giveBackText')}</p>
      <Radio.Group label={t('giveBackReason')} required {...form.getInputProps('reason')}>
        <div className="reason-list">
          {REASONS.map((reason) => (
            <Radio key={reason} value={reason} label={t(`returnReason.${reason}`)} />
          ))}
        </div>
      </Radio.Group>
      <Textarea label={t('note')} autosize minRows={3} maxLength={1000} {...form.getInputProps('note')} />
    </FormDrawer>
  )
}
