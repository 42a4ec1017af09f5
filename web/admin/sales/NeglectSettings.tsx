import { Button, Checkbox, NativeSelect, NumberInput, Switch } from '@mantine/core'
import { PLAN_KINDS, type PlanKind, type NeglectSettings as Settings, TOUCH_KINDS, type TouchKind } from '#loop/sales/neglect/contract.ts'
import { again, api, client } from '../api.ts'
import { FormDrawer, Section } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { AssignmentRuns } from './AssignmentRuns.tsx'
import { useColleagues } from './owners.ts'

/** What counts as a touch and as a plan, and when leads that sales lets lie go back. */
export function NeglectSettings({ settings, neglected, onClose }: { settings: Settings; neglected: number; onClose: () => void }) {
  const t = useWords('assignment')
  const toast = useToasts()
  const { may } = useSession()
  const { active } = useColleagues()
  const readOnly = !may('assignment.write')
  const form = useProblemForm({
    initialValues: { ...settings, kinds: settings.kinds as string[], plans: settings.plans as string[], backTo: settings.backTo ?? '' },
  })
  const send = form.send(
    (values) =>
      client.neglect.save({
        ...values,
        kinds: values.kinds as TouchKind[],
        plans: values.plans as PlanKind[],
        backTo: values.backTo || null,
      }),
    () => {
      toast.done(t('settingsSaved'))
      void again(api.neglect.key())
      onClose()
    },
  )
  const giveBack = () =>
    client.neglect.giveBack({}).then(({ changed, runId }) => {
      void again(api.neglect.key(), api.assignment.key(), api.leads.key())
      if (runId) toast.undo(t('returned', { n: changed }), () => client.assignment.undo({ id: runId }))
      else toast.done(t('returned', { n: 0 }))
    }, toast.failed)
  return (
    <FormDrawer opened onClose={onClose} title={t('settings')} busy={form.busy} failed={form.failed} onSubmit={send} readOnly={readOnly}>
      <fieldset disabled={readOnly} className="plain-set stack">
        <Section title={t('kinds')}>
          <Checkbox.Group {...form.getInputProps('kinds')}>
            <div className="stack tight">
              {TOUCH_KINDS.map((kind) => (
                <Checkbox key={kind} value={kind} label={t(`kind.${kind}`)} />
              ))}
            </div>
          </Checkbox.Group>
        </Section>
        <Section title={t('plans')} hint={t('plansHint')}>
          <Checkbox.Group {...form.getInputProps('plans')}>
            <div className="stack tight">
              {PLAN_KINDS.map((kind) => (
                <Checkbox key={kind} value={kind} label={t(`plan.${kind}`)} />
              ))}
            </div>
          </Checkbox.Group>
        </Section>
        <Section title={t('rule')} hint={t('ruleHint')}>
          <Switch label={t('ruleIsOn')} {...form.getInputProps('isOn', { type: 'checkbox' })} />
          <div className="form-pair">
            <NumberInput label={t('ruleDays')} min={1} max={3650} allowDecimal={false} {...form.getInputProps('days')} />
            <NativeSelect
              label={t('backTo')}
              data={[{ value: '', label: t('pool') }, ...active.map((one) => ({ value: one.id, label: one.name }))]}
              {...form.getInputProps('backTo')}
            />
          </div>
          <Checkbox label={t('businessDays')} {...form.getInputProps('businessDays', { type: 'checkbox' })} />
          <Checkbox label={t('onlySales')} {...form.getInputProps('onlySales', { type: 'checkbox' })} />
          <Checkbox label={t('leaveDeals')} {...form.getInputProps('leaveDeals', { type: 'checkbox' })} />
          {!readOnly && neglected > 0 && (
            <Button variant="default" onClick={() => void giveBack()}>
              {t('returnNow', { n: Math.min(neglected, 1_000) })}
            </Button>
          )}
        </Section>
      </fieldset>
      <AssignmentRuns />
    </FormDrawer>
  )
}
