import './access.css'
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, TriangleAlert, X } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { sessionChanged, useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Company = Awaited<ReturnType<typeof client.company.read>>
const ZONES = [
  'Asia/Tokyo',
  'Asia/Seoul',
  'Asia/Shanghai',
  'Asia/Singapore',
  'Asia/Kolkata',
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'UTC',
]

/** Who we are: legal sender block, mail sender, working days. */
export function CompanyPage() {
  const t = useWords('access')
  const company = useQuery(api.company.read.queryOptions({ input: {} }))
  return (
    <>
      <PageTop title={t('companyTitle')} crumb={t('settings')} />
      <Page narrow>
        {company.isPending && <Skeletons rows={8} />}
        <ErrorNote error={company.error} retry={company.refetch} />
        {company.data && <CompanyForm company={company.data} />}
      </Page>
    </>
  )
}

function CompanyForm({ company }: { company: Company }) {
  const t = useWords('access')
  const toast = useToasts()
  const { may } = useSession()
  const { missing, calendarWarning, ...initialValues } = company
  const form = useProblemForm<typeof initialValues>({ initialValues })
  const writable = may('settings.write')
  const save = form.send(
    (values) => client.company.update(values),
    (saved) => {
      form.setValues(saved)
      form.resetDirty(saved)
      void again(api.company.key())
      void sessionChanged()
      toast.done(t('savedCompany'))
    },
  )
  const text = (field: keyof typeof initialValues & string, more: object = {}) => (
    <TextInput label={t(field as 'legalName')} {...more} {...form.getInputProps(field)} />
  )
  return (
    <form className="stack" onSubmit={save} noValidate>
      <fieldset className="section stack" disabled={!writable}>
        {calendarWarning && (
          <div className="hint-warn">
            <TriangleAlert size={15} aria-hidden />
            {calendarWarning}
          </div>
        )}
        <Card title={t('legal')}>
          <p className="muted card-hint">{t('legalHint')}</p>
          <div className="stack">
            <LegalState missing={missing} />
            {text('legalName', { autoComplete: 'organization' })}
            <div className="form-three" style={{ gridTemplateColumns: '140px 1fr' }}>
              {text('postalCode', { placeholder: '100-0001' })}
              {text('address')}
            </div>
            <div className="form-three">
              {text('contactEmail', { type: 'email' })}
              {text('phone', { type: 'tel' })}
              {text('website', { type: 'url', placeholder: 'https://' })}
            </div>
          </div>
        </Card>
        <Card title={t('sender')}>
          <p className="muted card-hint">{t('senderHint')}</p>
          <div className="form-two">
            {text('senderName')}
            {text('senderEmail', { type: 'email' })}
          </div>
        </Card>
        <Card title={t('workTime')}>
          <p className="muted card-hint">{t('workTimeHint')}</p>
          <div className="stack">
            <div className="form-three">
              <NativeSelect label={t('timeZone')} data={[...new Set([company.timeZone, ...ZONES])]} {...form.getInputProps('timeZone')} />
              {text('opensAt', { type: 'time' })}
              {text('closesAt', { type: 'time' })}
            </div>
            <Weekdays value={form.values.weekdays} onChange={(to) => form.setFieldValue('weekdays', to)} />
            <Checkbox
              label={t('holidaysOff')}
              checked={form.values.holidaysOff}
              onChange={(e) => form.setFieldValue('holidaysOff', e.currentTarget.checked)}
            />
            <ClosedDays value={form.values.closedDays} onChange={(to) => form.setFieldValue('closedDays', to)} />
            <NativeSelect
              label={t('fiscalYear')}
              w={160}
              value={String(form.values.fiscalYearStartMonth)}
              onChange={(e) => form.setFieldValue('fiscalYearStartMonth', Number(e.currentTarget.value))}
              data={Array.from({ length: 12 }, (_, i) => ({ value: String(i + 1), label: t('month', { n: i + 1 }) }))}
            />
          </div>
        </Card>
      </fieldset>
      <ErrorNote error={form.failed} />
      <div className="settings-foot">
        {!writable && <span className="muted">{t('readOnly')}</span>}
        <Button type="submit" disabled={!writable || !form.isDirty()} loading={form.busy}>
          {useWords('parts')('save')}
        </Button>
      </div>
    </form>
  )
}

function LegalState({ missing }: { missing: Company['missing'] }) {
  const t = useWords('access')
  if (missing.length === 0)
    return (
      <div className="hint-ok">
        <CircleCheck size={15} aria-hidden />
        {t('fullyLegal')}
      </div>
    )
  return (
    <div className="hint-warn">
      <TriangleAlert size={15} aria-hidden />
      {t('missing', { fields: missing.map((field) => t(field)).join('、') })}
    </div>
  )
}

function Weekdays({ value, onChange }: { value: number[]; onChange: (to: number[]) => void }) {
  const t = useWords('access')
  const toggle = (day: number) => onChange(value.includes(day) ? value.filter((one) => one !== day) : [...value, day].sort())
  return (
    <fieldset className="section">
      <legend className="mantine-InputWrapper-label">{t('weekdays')}</legend>
      <div className="days">
        {([1, 2, 3, 4, 5, 6, 0] as const).map((day) => (
          <label key={day} className={value.includes(day) ? 'chip on' : 'chip'}>
            <input type="checkbox" checked={value.includes(day)} onChange={() => toggle(day)} />
            {t(`weekday.d${day}`)}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function ClosedDays({ value, onChange }: { value: string[]; onChange: (to: string[]) => void }) {
  const t = useWords('access')
  const f = useFormats()
  const [day, setDay] = useState('')
  const add = () => {
    if (day) onChange([...new Set([...value, day])].sort())
    setDay('')
  }
  return (
    <div>
      <div className="row wrap" style={{ alignItems: 'end' }}>
        <TextInput
          type="date"
          label={t('closedDays')}
          description={t('closedDaysHint')}
          value={day}
          onChange={(e) => setDay(e.currentTarget.value)}
        />
        <Button variant="default" disabled={!day} onClick={add}>
          {t('addClosedDay')}
        </Button>
      </div>
      <div className="days" style={{ marginTop: 10 }}>
        {value.map((one) => (
          <span className="chip" key={one}>
            {f.day(`${one}T00:00:00`)}
            <button
              type="button"
              aria-label={t('removeDay', { day: one })}
              onClick={() => onChange(value.filter((other) => other !== one))}
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        ))}
      </div>
    </div>
  )
}
