import './deliver.css'
import { Button, Checkbox, NativeSelect, NumberInput, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { CHARSETS } from '#loop/deliver/template/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { adviceFor } from './routeAdvice.ts'
import { StandIns, type StandInValue } from './StandIns.tsx'

type State = Awaited<ReturnType<typeof client.mail.settings>>

function valuesOf(state: State) {
  const { route, host, port, security, user, fromName, fromEmail, replyTo, ownerAsSender, bounceDomain, language, charset, connections } =
    state
  return {
    route,
    host,
    port,
    security,
    user,
    fromName,
    fromEmail,
    replyTo,
    ownerAsSender,
    bounceDomain,
    language,
    charset,
    connections,
    perMinute: state.perMinute ?? ('' as number | ''),
    perGroup: state.perGroup ?? ('' as number | ''),
    rampSince: state.rampSince,
    rampFirst: state.rampFirst,
    anyCertificate: state.anyCertificate,
    standIns: state.standIns.map((one): StandInValue => ({ ...one, password: '' })),
    password: '',
  }
}
type Values = ReturnType<typeof valuesOf>
const outgoing = ({ password, perMinute, perGroup, standIns, ...values }: Values) => ({
  ...values,
  standIns: standIns.map(({ hasPassword: _, password: own, ...one }) => ({ ...one, ...(own ? { password: own } : {}) })),
  perMinute: perMinute === '' ? null : perMinute,
  perGroup: perGroup === '' ? null : perGroup,
  ...(password ? { password } : {}),
})

/** The server mail leaves by, those that stand in, and who it is from. */
export function RouteForm({ state }: { state: State }) {
  const t = useWords('deliver')
  const s = useWords('sending')
  const words = useWords('templates')
  const toast = useToasts()
  const { may } = useSession()
  const writable = may('settings.write')
  const form = useProblemForm<Values>({ initialValues: valuesOf(state) })
  const smtp = form.values.route === 'smtp'
  const save = form.send(
    (values) => client.mail.saveSettings(outgoing(values)),
    (saved) => {
      const values = valuesOf(saved)
      form.setValues(values)
      form.resetDirty(values)
      void again(api.mail.key())
      toast.done(t('saved'))
    },
  )
  return (
    <form className="stack" onSubmit={save} noValidate>
      <fieldset className="section stack" disabled={!writable}>
        <Card title={t('route')}>
          <div className="stack">
            <NativeSelect
              aria-label={t('route')}
              data={[
                { value: 'mailbox', label: t('routeMailbox') },
                { value: 'smtp', label: t('routeSmtp') },
              ]}
              {...form.getInputProps('route')}
            />
            {smtp && (
              <>
                <div className="setting-pair">
                  <TextInput label={t('host')} placeholder="smtp.example.co.jp" autoComplete="off" {...form.getInputProps('host')} />
                  <NumberInput label={t('port')} min={1} max={65535} allowDecimal={false} hideControls {...form.getInputProps('port')} />
                </div>
                <div className="setting-pair">
                  <NativeSelect
                    label={t('security')}
                    data={(['tls', 'starttls', 'none'] as const).map((value) => ({ value, label: t(`securities.${value}`) }))}
                    {...form.getInputProps('security')}
                  />
                  <NumberInput label={t('connections')} min={1} max={50} allowDecimal={false} {...form.getInputProps('connections')} />
                </div>
                <div className="setting-pair">
                  <NumberInput
                    label={t('perMinute')}
                    description={t('perMinuteNote')}
                    placeholder={t('noLimit')}
                    min={1}
                    max={100_000}
                    allowDecimal={false}
                    {...form.getInputProps('perMinute')}
                  />
                  <NumberInput
                    label={t('perGroup')}
                    description={t('perGroupNote')}
                    placeholder={t('noLimit')}
                    min={1}
                    max={50}
                    allowDecimal={false}
                    {...form.getInputProps('perGroup')}
                  />
                </div>
                <Checkbox
                  label={t('ramp')}
                  description={t('rampNote')}
                  checked={form.values.rampSince !== null}
                  onChange={(event) => form.setFieldValue('rampSince', event.currentTarget.checked ? new Date().toISOString() : null)}
                />
                {form.values.rampSince !== null && (
                  <NumberInput label={t('rampFirst')} min={1} max={1_000_000} allowDecimal={false} {...form.getInputProps('rampFirst')} />
                )}
                {form.values.security !== 'none' && (
                  <Checkbox
                    label={s('anyCertificate')}
                    description={s('anyCertificateNote')}
                    {...form.getInputProps('anyCertificate', { type: 'checkbox' })}
                  />
                )}
                <div className="setting-pair">
                  <TextInput label={t('user')} autoComplete="off" {...form.getInputProps('user')} />
                  <PasswordInput
                    label={t('password')}
                    autoComplete="new-password"
                    placeholder={state.hasPassword ? t('passwordKept') : ''}
                    {...form.getInputProps('password')}
                  />
                </div>
              </>
            )}
          </div>
        </Card>
        {smtp && <StandIns value={form.values.standIns} onChange={(standIns) => form.setFieldValue('standIns', standIns)} />}
        <Card title={t('sender')}>
          <div className="stack">
            <p className="muted mail-hint">{t('senderHint', { address: state.senderAddress || t('senderNone') })}</p>
            <div className="setting-pair">
              <TextInput label={t('fromName')} {...form.getInputProps('fromName')} />
              <TextInput label={t('fromEmail')} type="email" {...form.getInputProps('fromEmail')} />
            </div>
            <div className="setting-pair">
              <TextInput label={t('replyTo')} type="email" {...form.getInputProps('replyTo')} />
              <NativeSelect
                label={t('language')}
                data={[
                  { value: 'ja', label: '日本語' },
                  { value: 'en', label: 'English' },
                ]}
                {...form.getInputProps('language')}
              />
            </div>
            <NativeSelect
              label={words('charset')}
              description={words('charsetHint')}
              data={CHARSETS.map((value) => ({ value, label: words(`charsets.${value}`) }))}
              {...form.getInputProps('charset')}
            />
            <Checkbox label={t('ownerAsSender')} {...form.getInputProps('ownerAsSender', { type: 'checkbox' })} />
          </div>
        </Card>
      </fieldset>
      <ErrorNote error={form.failed} />
      {writable && (
        <div className="setting-foot">
          <TryIt values={form.values} />
          <Button type="submit" disabled={!form.isDirty()} loading={form.busy}>
            {t('save')}
          </Button>
        </div>
      )}
    </form>
  )
}

/** Tries what stands in the form, before it is saved. */
function TryIt({ values }: { values: Values }) {
  const t = useWords('deliver')
  const toast = useToasts()
  const { user } = useSession()
  const [to, setTo] = useState(user?.email ?? '')
  const [busy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<{ ok: boolean; reply: string } | null>(null)
  const run = () => {
    setBusy(true)
    setAnswer(null)
    client.mail
      .tryRoute({ ...outgoing(values), to })
      .then(setAnswer, toast.failed)
      .finally(() => setBusy(false))
  }
  const advice = answer && !answer.ok ? adviceFor(answer.reply) : null
  return (
    <div className="row wrap" style={{ marginRight: 'auto' }}>
      <TextInput
        size="sm"
        type="email"
        aria-label={t('tryTo')}
        placeholder={t('tryTo')}
        value={to}
        onChange={(e) => setTo(e.currentTarget.value)}
        w={220}
      />
      <Button variant="default" onClick={run} loading={busy} disabled={!to}>
        {t('tryIt')}
      </Button>
      {answer && (
        <span role="status" className={answer.ok ? 'hint-ok' : 'hint-warn'}>
          {answer.ok ? t('tryOk', { reply: answer.reply }) : t('tryBad', { reply: answer.reply })}
          {advice && ` ${t(advice)}`}
        </span>
      )}
    </div>
  )
}
