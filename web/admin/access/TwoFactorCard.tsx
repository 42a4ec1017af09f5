import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { QRCodeSVG } from 'qrcode.react'
import { type ReactNode, useState } from 'react'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { problemOf } from '../problem.ts'
import { useWords } from '../words/words.tsx'
import { disableTwoFactor, enableTwoFactor, makeBackupCodes, verifyTotp } from './authClient.ts'
import { SecretBox } from './SecretBox.tsx'

type Step =
  | { at: 'password'; for: 'on' | 'off' | 'codes' }
  | { at: 'scan'; uri: string; codes: string[] }
  | { at: 'codes'; codes: string[] }

/** The second factor: set up by QR code, backup codes shown once, turned off by password. */
export function TwoFactorCard({ on, reload }: { on: boolean; reload: () => void }) {
  const t = useWords('access')
  const [step, setStep] = useState<Step | null>(null)
  return (
    <Card title={t('twoFactorTitle')} aside={on ? <Chip tone="green">{t('on')}</Chip> : <Chip>{t('off')}</Chip>}>
      <div className="row wrap">
        <span style={{ flex: '1 1 260px' }}>{on ? t('twoFactorOn') : t('twoFactorOff')}</span>
        {on && (
          <Button variant="default" onClick={() => setStep({ at: 'password', for: 'codes' })}>
            {t('newBackup')}
          </Button>
        )}
        <Button variant={on ? 'default' : 'filled'} onClick={() => setStep({ at: 'password', for: on ? 'off' : 'on' })}>
          {on ? t('turnOff') : t('turnOn')}
        </Button>
      </div>
      <Steps step={step} go={setStep} reload={reload} />
    </Card>
  )
}

function Steps({ step, go, reload }: { step: Step | null; go: (to: Step | null) => void; reload: () => void }) {
  const t = useWords('access')
  const toast = useToasts()
  const close = () => go(null)
  const onPassword = async (password: string, purpose: 'on' | 'off' | 'codes') => {
    if (purpose === 'on') {
      const { totpURI = '', backupCodes = [] } = await enableTwoFactor(password)
      go({ at: 'scan', uri: totpURI, codes: backupCodes })
    } else if (purpose === 'codes') go({ at: 'codes', codes: (await makeBackupCodes(password)).backupCodes ?? [] })
    else {
      await disableTwoFactor(password)
      toast.done(t('twoFactorOffDone'))
      reload()
      close()
    }
  }
  const onCode = async (code: string, codes: string[]) => {
    await verifyTotp(code.replace(/\s/g, ''))
    toast.done(t('twoFactorOnDone'))
    reload()
    go({ at: 'codes', codes })
  }
  const title = step?.at === 'codes' ? t('backupTitle') : t('twoFactorTitle')
  return (
    <Modal
      opened={step !== null}
      onClose={close}
      title={<b>{title}</b>}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {step?.at === 'password' && (
        <Ask
          key="password"
          text={t('confirmPassword')}
          label={t('currentPassword')}
          wrong={t('wrongPassword')}
          secret
          onSend={(password) => onPassword(password, step.for)}
        />
      )}
      {step?.at === 'scan' && (
        <Ask key="scan" text={t('scan')} label={t('code')} wrong={t('wrongCode')} onSend={(code) => onCode(code, step.codes)}>
          <div className="qr">
            <QRCodeSVG value={step.uri} size={184} title={t('scanAlt')} />
          </div>
          <div className="muted">{t('cannotScan')}</div>
          <SecretBox text={new URL(step.uri).searchParams.get('secret') ?? ''} label={t('key')} />
        </Ask>
      )}
      {step?.at === 'codes' && (
        <div className="stack">
          <div>{t('backupKeep')}</div>
          <div className="codes">
            {step.codes.map((code) => (
              <code key={code}>{code}</code>
            ))}
          </div>
          <div className="settings-foot">
            <Button onClick={close}>{t('finish')}</Button>
          </div>
        </div>
      )}
    </Modal>
  )
}

/** One question of the dialogue: a text, a field, a button. */
function Ask({
  text,
  label,
  wrong,
  secret,
  onSend,
  children,
}: {
  text: string
  label: string
  wrong: string
  secret?: boolean
  onSend: (value: string) => Promise<void>
  children?: ReactNode
}) {
  const t = useWords('access')
  const form = useProblemForm({ initialValues: { value: '' } })
  const status = problemOf(form.failed)?.status
  const isWrong = status === 400 || status === 401
  const input = {
    label,
    required: true,
    'data-autofocus': true,
    ...form.getInputProps('value'),
    error: isWrong ? wrong : status === 429 ? t('tooMany') : undefined,
  }
  return (
    <form className="stack" onSubmit={form.send(({ value }) => onSend(value))}>
      <div>{text}</div>
      {children}
      {secret ? (
        <PasswordInput autoComplete="current-password" {...input} />
      ) : (
        <TextInput autoComplete="one-time-code" inputMode="numeric" maxLength={7} {...input} />
      )}
      {!isWrong && status !== 429 && <ErrorNote error={form.failed} />}
      <div className="settings-foot">
        <Button type="submit" loading={form.busy}>
          {t('next')}
        </Button>
      </div>
    </form>
  )
}
