import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { problemOf } from '../problem.ts'
import { sessionChanged } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { signIn, verifyBackupCode, verifyTotp } from './authClient.ts'
import { Gate } from './Gate.tsx'

/** Password first, then the code where a second factor is set; afterwards back to where the person was. */
export function SignInPage() {
  const [asksCode, setAsksCode] = useState(false)
  const router = useRouter()
  const { back } = useSearch({ strict: false }) as { back?: unknown }
  const enter = async () => {
    await sessionChanged()
    // Only a path of our own: an address from outside must not lead a person away.
    router.history.push(typeof back === 'string' && /^\/[^/\\]/.test(back) ? back : '/')
  }
  return asksCode ? (
    <CodeStep onDone={enter} restart={() => setAsksCode(false)} />
  ) : (
    <PasswordStep onDone={enter} onCode={() => setAsksCode(true)} />
  )
}

/** Runs one try at a time and keeps what went wrong. */
function useTry() {
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const attempt = (run: () => Promise<void>) => (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailed(null)
    run()
      .catch(setFailed)
      .finally(() => setBusy(false))
  }
  return { busy, failed, attempt, status: problemOf(failed)?.status }
}

function PasswordStep({ onDone, onCode }: { onDone: () => Promise<void>; onCode: () => void }) {
  const t = useWords('access')
  const { busy, failed, attempt, status } = useTry()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submit = attempt(async () => ((await signIn(email, password)) ? onCode() : onDone()))
  const wrong = status === 401 || status === 400
  return (
    <Gate title={t('signInTitle')}>
      <form onSubmit={submit}>
        <TextInput
          label={t('email')}
          type="email"
          required
          autoFocus
          autoComplete="username"
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
        />
        <PasswordInput
          label={t('password')}
          required
          autoComplete="current-password"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          error={wrong ? t('wrongPassword') : status === 429 ? t('tooMany') : undefined}
        />
        {!wrong && status !== 429 && <ErrorNote error={failed} />}
        <Button type="submit" size="md" loading={busy}>
          {t('signIn')}
        </Button>
        <div className="gate-foot">
          <Link to={'/forgot-password' as string}>{t('forgot')}</Link>
        </div>
      </form>
    </Gate>
  )
}

function CodeStep({ onDone, restart }: { onDone: () => Promise<void>; restart: () => void }) {
  const t = useWords('access')
  const { busy, failed, attempt, status } = useTry()
  const [backup, setBackup] = useState(false)
  const [code, setCode] = useState('')
  const [trust, setTrust] = useState(false)
  const submit = attempt(async () => {
    await (backup ? verifyBackupCode(code.trim(), trust) : verifyTotp(code.replace(/\s/g, ''), trust))
    await onDone()
  })
  const problem = problemOf(failed)
  const wrong = problem?.code.includes('cookie')
    ? t('codeExpired')
    : status === 401 || status === 400
      ? t('wrongCode')
      : status === 429
        ? t('tooMany')
        : undefined
  return (
    <Gate title={t('codeTitle')} text={backup ? t('backupText') : t('codeText')}>
      <form onSubmit={submit}>
        <TextInput
          className={backup ? '' : 'gate-code'}
          label={backup ? t('backupCode') : t('code')}
          required
          autoFocus
          autoComplete="one-time-code"
          inputMode={backup ? 'text' : 'numeric'}
          maxLength={backup ? 30 : 7}
          value={code}
          onChange={(e) => setCode(e.currentTarget.value)}
          error={wrong}
        />
        <Checkbox label={t('trust')} checked={trust} onChange={(e) => setTrust(e.currentTarget.checked)} />
        {!wrong && <ErrorNote error={failed} />}
        <Button type="submit" size="md" loading={busy}>
          {t('verify')}
        </Button>
        <div className="gate-foot">
          <button
            type="button"
            onClick={() => {
              setBackup(!backup)
              setCode('')
            }}
          >
            {backup ? t('useApp') : t('useBackup')}
          </button>
          <button type="button" onClick={restart}>
            {t('backToSignIn')}
          </button>
        </div>
      </form>
    </Gate>
  )
}
