import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { problemOf } from '../problem.ts'
import { sessionChanged } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { signIn } from './authClient.ts'
import { Gate } from './Gate.tsx'

interface Opened {
  kind: 'invite' | 'reset'
  name: string
  email: string
  language: 'ja' | 'en'
  company: string
}

/** Where an invitation or a reset link leads. The token stands behind `#`, so no server on the way ever logged it. */
export function LinkPage() {
  const t = useWords('access')
  const [token] = useState(() => location.hash.slice(1))
  const link = useQuery({
    ...api.links.open.queryOptions({ input: { token } }),
    retry: false,
    enabled: token.length >= 20,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const gone = token.length < 20 || [400, 410].includes(problemOf(link.error)?.status ?? 0)
  if (gone)
    return (
      <Gate title={t('linkGoneTitle')} text={t('linkGone')}>
        <br />
        <div className="gate-foot">
          <Link to={'/sign-in' as string}>{t('backToSignIn')}</Link>
        </div>
      </Gate>
    )
  if (link.error)
    return (
      <Gate title={t('inviteTitlePlain')}>
        <br />
        <ErrorNote error={link.error} retry={link.refetch} />
      </Gate>
    )
  if (!link.data) return <Gate title="…">{null}</Gate>
  return <Accept token={token} link={link.data} />
}

function Accept({ token, link }: { token: string; link: Opened }) {
  const t = useWords('access')
  const navigate = useNavigate()
  const { language, setLanguage } = useLanguage()
  useEffect(() => setLanguage(link.language), [link.language, setLanguage])
  const form = useProblemForm({ initialValues: { name: link.name, password: '' } })
  const invited = link.kind === 'invite'
  const accept = form.send(
    async ({ name, password }) => {
      await client.links.accept({ token, password, ...(invited ? { name, language } : {}) })
      const asksCode = await signIn(link.email, password)
      if (!asksCode) await sessionChanged()
      return asksCode
    },
    (asksCode) => void navigate({ to: (asksCode ? '/sign-in' : '/') as string, replace: true }),
  )
  const title = !invited ? t('resetTitle') : link.company ? t('inviteTitle', { company: link.company }) : t('inviteTitlePlain')
  return (
    <Gate title={title} text={invited ? t('inviteText') : t('resetText')}>
      <form onSubmit={accept}>
        <TextInput label={t('email')} value={link.email} readOnly autoComplete="username" />
        {invited && <TextInput label={t('name')} required autoComplete="name" {...form.getInputProps('name')} />}
        <PasswordInput
          label={invited ? t('password') : t('newPassword')}
          description={t('passwordHint')}
          required
          autoFocus
          minLength={10}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <ErrorNote error={form.failed} />
        <Button type="submit" size="md" loading={form.busy}>
          {invited ? t('join') : t('setPassword')}
        </Button>
      </form>
    </Gate>
  )
}
