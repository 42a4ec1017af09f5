import './deliver.css'
import './incoming.css'
import { Button, Checkbox, CopyButton, NativeSelect, NumberInput, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type State = Awaited<ReturnType<typeof client.incoming.state>>
type Hook = State['hooks'][number]

/** How mails that come back are taken in: a mailbox, and the webhooks of relays. */
export function IncomingPage() {
  const t = useWords('incoming')
  const d = useWords('deliver')
  const state = useQuery(api.incoming.state.queryOptions({ input: {} }))
  return (
    <>
      <PageTop title={t('title')} crumb={d('mailSettings')} crumbTo="/settings/mail">
        <Button component={Link} to={'/settings/mail/bounces' as string} variant="default">
          {t('bouncesLink')}
        </Button>
      </PageTop>
      <Page narrow>
        {state.isPending && <Skeletons rows={8} />}
        <ErrorNote error={state.error} retry={state.refetch} />
        {state.data && (
          <>
            <MailboxForm mailbox={state.data.mailbox} />
            <Card title={t('hooks')}>
              <p className="muted mail-hint">{t('hooksHint')}</p>
              {state.data.hooks.map((hook) => (
                <HookForm key={hook.source} hook={hook} />
              ))}
            </Card>
          </>
        )}
      </Page>
    </>
  )
}

function valuesOf({ on, host, port, security, user, folder }: State['mailbox']) {
  return { on, host, port, security, user, folder, password: '' }
}
type Values = ReturnType<typeof valuesOf>
const outgoing = ({ password, ...values }: Values) => ({ ...values, ...(password ? { password } : {}) })

function MailboxForm({ mailbox }: { mailbox: State['mailbox'] }) {
  const t = useWords('incoming')
  const toast = useToasts()
  const { may } = useSession()
  const [trying, setTrying] = useState(false)
  const form = useProblemForm<Values>({ initialValues: valuesOf(mailbox) })
  const save = form.send(
    (values) => client.incoming.saveMailbox(outgoing(values)),
    (saved) => {
      const values = valuesOf(saved.mailbox)
      form.setValues(values)
      form.resetDirty(values)
      void again(api.incoming.key())
      toast.done(t('saved'))
    },
  )
  const attempt = () => {
    setTrying(true)
    client.incoming
      .tryMailbox(outgoing(form.values))
      .then(({ ok, said }) => (ok ? toast.done(t('tried')) : toast.failed(new Error(t('tryFailed', { said })))), toast.failed)
      .finally(() => setTrying(false))
  }
  return (
    <form onSubmit={save} noValidate>
      <fieldset className="section stack" disabled={!may('settings.write')}>
        <Card title={t('mailbox')} aside={<MailboxState mailbox={mailbox} />}>
          <div className="stack">
            <p className="muted mail-hint">{t('mailboxHint')}</p>
            {mailbox.fault && <div className="hint-warn">{t('fault', { fault: mailbox.fault })}</div>}
            <div className="setting-pair">
              <TextInput label={t('host')} placeholder="imap.example.co.jp" autoComplete="off" {...form.getInputProps('host')} />
              <NumberInput label={t('port')} min={1} max={65535} allowDecimal={false} hideControls {...form.getInputProps('port')} />
            </div>
            <div className="setting-pair">
              <TextInput label={t('user')} autoComplete="off" {...form.getInputProps('user')} />
              <NativeSelect
                label={t('security')}
                data={(['tls', 'starttls', 'none'] as const).map((value) => ({ value, label: t(value) }))}
                {...form.getInputProps('security')}
              />
            </div>
            <div className="setting-pair">
              <PasswordInput
                label={t('password')}
                autoComplete="new-password"
                placeholder={mailbox.hasPassword ? t('kept') : ''}
                {...form.getInputProps('password')}
              />
              <TextInput label={t('folder')} {...form.getInputProps('folder')} />
            </div>
            <Checkbox label={t('on')} {...form.getInputProps('on', { type: 'checkbox' })} />
            <p className="muted">{t('counts', { taken: mailbox.taken, replies: mailbox.replies, others: mailbox.others })}</p>
            <div className="row wrap">
              <Button type="submit" loading={form.busy}>
                {t('save')}
              </Button>
              <Button variant="default" loading={trying} onClick={attempt}>
                {t('try')}
              </Button>
              {mailbox.on && (
                <Button variant="subtle" onClick={() => client.incoming.readNow({}).then(() => toast.done(t('reading')), toast.failed)}>
                  {t('readNow')}
                </Button>
              )}
            </div>
          </div>
        </Card>
      </fieldset>
    </form>
  )
}

function MailboxState({ mailbox }: { mailbox: State['mailbox'] }) {
  const t = useWords('incoming')
  if (!mailbox.on) return null
  return (
    <span className="muted">
      {mailbox.lastAt ? (
        <>
          {t('lastRead')} <Ago at={mailbox.lastAt} />
        </>
      ) : (
        t('never')
      )}
    </span>
  )
}

const NAMED = { ses: true, postmark: true, sendgrid: false, mailgun: false } as const
const SECRET = { ses: false, postmark: true, sendgrid: true, mailgun: true } as const

function HookForm({ hook }: { hook: Hook }) {
  const t = useWords('incoming')
  const d = useWords('deliver')
  const toast = useToasts()
  const { may } = useSession()
  const form = useProblemForm({ initialValues: { on: hook.on, name: hook.name, secret: '' } })
  const { source } = hook
  const save = form.send(
    ({ on, name, secret }) => client.incoming.saveHook({ source, on, name, ...(secret ? { secret } : {}) }),
    () => {
      form.setFieldValue('secret', '')
      void again(api.incoming.key())
      toast.done(t('saved'))
    },
  )
  return (
    <details className="hook" open={hook.on}>
      <summary>
        <b>{t(`source.${source}`)}</b>
        {hook.on && <span className="muted">{t('hookCounts', { taken: hook.taken, repeated: hook.repeated, refused: hook.refused })}</span>}
      </summary>
      <form onSubmit={save} noValidate>
        <fieldset className="section stack" disabled={!may('settings.write')}>
          <div className="hook-url">
            <TextInput label={t('url')} value={hook.url} readOnly />
            <CopyButton value={hook.url}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? d('copied') : d('copy')}
                </Button>
              )}
            </CopyButton>
          </div>
          {NAMED[source] && (
            <TextInput label={t(`name.${source as 'ses' | 'postmark'}`)} autoComplete="off" {...form.getInputProps('name')} />
          )}
          {SECRET[source] && (
            <PasswordInput
              label={t(`secret.${source as 'sendgrid' | 'mailgun' | 'postmark'}`)}
              autoComplete="new-password"
              placeholder={hook.hasSecret ? t('kept') : ''}
              {...form.getInputProps('secret')}
            />
          )}
          <Checkbox label={t('on')} {...form.getInputProps('on', { type: 'checkbox' })} />
          <div>
            <Button type="submit" variant="default" loading={form.busy}>
              {t('save')}
            </Button>
          </div>
        </fieldset>
      </form>
    </details>
  )
}
