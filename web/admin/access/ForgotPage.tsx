import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useWords } from '../words/words.tsx'
import { Gate } from './Gate.tsx'

/** Asks for a reset link by mail; says plainly when mail is not set up and an owner must help. */
export function ForgotPage() {
  const t = useWords('access')
  const [sent, setSent] = useState(false)
  const setup = useQuery(api.setup.status.queryOptions({ input: {} }))
  const form = useProblemForm({ initialValues: { email: '' } })
  const back = (
    <div className="gate-foot">
      <Link to={'/sign-in' as string}>{t('backToSignIn')}</Link>
    </div>
  )
  if (setup.isPending) return <Gate title={t('forgotTitle')}>{back}</Gate>
  if (setup.data?.mailReady === false || sent)
    return (
      <Gate title={t('forgotTitle')} text={sent ? t('forgotDone') : t('forgotNoMail')}>
        <br />
        {back}
      </Gate>
    )
  return (
    <Gate title={t('forgotTitle')} text={t('forgotText')}>
      <form
        onSubmit={form.send(
          (values) => client.links.forgot(values),
          () => setSent(true),
        )}
      >
        <TextInput label={t('email')} type="email" required autoFocus autoComplete="username" {...form.getInputProps('email')} />
        <ErrorNote error={form.failed ?? setup.error} />
        <Button type="submit" size="md" loading={form.busy}>
          {t('sendLink')}
        </Button>
        {back}
      </form>
    </Gate>
  )
}
