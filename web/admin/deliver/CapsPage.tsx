import './deliver.css'
import { Button, Checkbox, Chip, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Clock, Info } from 'lucide-react'
import { useState } from 'react'
import { HELD_COUNTS, type HeldCount } from '#loop/deliver/outbox/caps/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Kpi, Kpis } from '../parts/Kpi.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { CapsPeople } from './CapsPeople.tsx'
import { RulesCard } from './RulesCard.tsx'

type State = Awaited<ReturnType<typeof client.mailCaps.read>>
const LIMITS = ['perDay', 'perWeek', 'perCompanyDay'] as const
const MOST = { perDay: 50, perWeek: 200, perCompanyDay: 10_000 } as const

/** How often commercial mail may reach one person, and at which hours. */
export function CapsPage() {
  const t = useWords('reach')
  const state = useQuery(api.mailCaps.read.queryOptions({ input: {} }))
  return (
    <>
      <PageTop title={t('title')} crumb={t('mailSettings')} crumbTo="/settings/mail" />
      <Page narrow>
        <p className="muted mail-hint">{t('lead')}</p>
        {state.isPending && <Skeletons rows={8} />}
        <ErrorNote error={state.error} retry={state.refetch} />
        {state.data && (
          <>
            <Now state={state.data} />
            <CapsForm state={state.data} />
            <RulesCard />
          </>
        )}
      </Page>
    </>
  )
}

function Now({ state }: { state: State }) {
  const t = useWords('reach')
  const f = useFormats()
  const [of, setOf] = useState<HeldCount | null>(null)
  const labels: Readonly<Record<HeldCount, string>> = {
    capped: f.pair(t('now'), t('waitingCapped')),
    quiet: f.pair(t('now'), t('waitingQuiet')),
    givenUp: t('givenUp'),
  }
  return (
    <>
      <div className={state.next ? 'hint-warn' : 'hint-ok'} role="status">
        <Clock size={15} aria-hidden />
        {state.next ? t('nextAt', { when: f.instant(state.next) }) : t('nowOpen')}
      </div>
      <Kpis>
        {HELD_COUNTS.map((one) => (
          <Kpi
            key={one}
            label={labels[one]}
            value={f.number(state.waiting[one])}
            onOpen={state.waiting[one] > 0 ? () => setOf(one) : undefined}
          />
        ))}
      </Kpis>
      <CapsPeople of={of} title={of ? labels[of] : ''} onClose={() => setOf(null)} />
    </>
  )
}

function valuesOf({ waiting: _waiting, next: _next, ...caps }: State) {
  return caps
}

function CapsForm({ state }: { state: State }) {
  const t = useWords('reach')
  const toast = useToasts()
  const { may } = useSession()
  const writable = may('mail.write')
  const form = useProblemForm<ReturnType<typeof valuesOf>>({ initialValues: valuesOf(state) })
  const { values } = form
  const save = form.send(
    (all) => client.mailCaps.save(all),
    ({ released, ...saved }) => {
      form.setValues(saved)
      form.resetDirty(saved)
      void again(api.mailCaps.key())
      toast.done(released > 0 ? t('savedReleased', { n: released }) : t('saved'))
    },
  )
  return (
    <form className="stack" onSubmit={save} noValidate>
      <fieldset className="section stack" disabled={!writable}>
        <Card
          title={t('how')}
          aside={
            writable && (
              <Button size="compact-sm" variant="default" title={t('presetHint')} onClick={() => form.setValues({ perDay: 1, perWeek: 3 })}>
                {t('preset')}
              </Button>
            )
          }
        >
          <div className="stack">
            <div className="caps-limits">
              {LIMITS.map((limit) => (
                <NumberInput
                  key={limit}
                  label={t(limit)}
                  placeholder={t('none')}
                  suffix={` ${t('unit')}`}
                  min={1}
                  max={MOST[limit]}
                  allowDecimal={false}
                  value={values[limit] ?? ''}
                  error={form.errors[limit]}
                  onChange={(to) => form.setFieldValue(limit, typeof to === 'number' ? to : null)}
                />
              ))}
            </div>
            <div className="setting-pair">
              <NumberInput
                label={t('mostDays')}
                description={t('mostDaysHint')}
                suffix={` ${t('days')}`}
                min={1}
                max={90}
                allowDecimal={false}
                {...form.getInputProps('mostDays')}
              />
              <NativeSelect
                label={t('newsletterPriority')}
                description={t('newsletterPriorityHint')}
                value={String(values.newsletterPriority)}
                onChange={(e) => form.setFieldValue('newsletterPriority', Number(e.currentTarget.value))}
                data={([1, 2, 3, 4, 5] as const).map((n) => ({ value: String(n), label: t(`priority.p${n}`) }))}
              />
            </div>
          </div>
        </Card>
        <Hours form={form} />
      </fieldset>
      <ErrorNote error={form.failed} />
      {writable && (
        <div className="setting-foot">
          <Button type="submit" disabled={!form.isDirty()} loading={form.busy}>
            {t('save')}
          </Button>
        </div>
      )}
    </form>
  )
}

function Hours({ form }: { form: ReturnType<typeof useProblemForm<ReturnType<typeof valuesOf>>> }) {
  const t = useWords('reach')
  const { hours, newsletters } = form.values
  return (
    <Card title={t('hours')}>
      <div className="stack">
        <Checkbox label={t('hoursOn')} checked={hours.isOn} onChange={(e) => form.setFieldValue('hours.isOn', e.currentTarget.checked)} />
        {hours.isOn && (
          <>
            <div className="setting-pair">
              <TextInput type="time" label={t('from')} {...form.getInputProps('hours.from')} />
              <TextInput type="time" label={t('to')} {...form.getInputProps('hours.to')} />
            </div>
            <fieldset className="section">
              <legend className="caps-legend">{t('weekdays')}</legend>
              <Chip.Group
                multiple
                value={hours.weekdays.map(String)}
                onChange={(to) => form.setFieldValue('hours.weekdays', to.map(Number).sort())}
              >
                <div className="row wrap">
                  {([1, 2, 3, 4, 5, 6, 0] as const).map((day) => (
                    <Chip key={day} value={String(day)} size="sm">
                      {t(`weekday.d${day}`)}
                    </Chip>
                  ))}
                </div>
              </Chip.Group>
              {form.errors['hours.weekdays'] && <p className="caps-error">{form.errors['hours.weekdays']}</p>}
            </fieldset>
            <Checkbox label={t('holidays')} {...form.getInputProps('hours.holidays', { type: 'checkbox' })} />
            <Checkbox label={t('closedDays')} {...form.getInputProps('hours.closedDays', { type: 'checkbox' })} />
            <Checkbox
              label={t('newsletters')}
              checked={newsletters}
              onChange={(e) => form.setFieldValue('newsletters', e.currentTarget.checked)}
            />
            <p className="muted mail-hint row">
              <Info size={14} aria-hidden />
              <span>
                {t('zone')} <Link to={'/settings' as string}>{t('company')}</Link>
              </span>
            </p>
          </>
        )}
      </div>
    </Card>
  )
}
