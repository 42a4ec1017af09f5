import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Section } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { sessionChanged } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { signIn } from './authClient.ts'
import { Gate } from './Gate.tsx'

/** The first page of a new installation: makes the owner and signs in. */
export function FirstRunPage() {
  const t = useWords('access')
  const { language } = useLanguage()
  const navigate = useNavigate()
  const form = useProblemForm({ initialValues: { legalName: '', name: '', email: '', password: '' } })
  const begin = form.send(
    async ({ legalName, ...owner }) => {
      await client.setup.create({ ...owner, language, company: { legalName } })
      await signIn(owner.email, owner.password)
      await sessionChanged()
    },
    () => void navigate({ to: '/' }),
  )
  return (
    <Gate wide title={t('firstRunTitle')} text={t('firstRunText')}>
      <form onSubmit={begin}>
        <Section title={t('company')}>
          <TextInput
            label={t('legalName')}
            placeholder="株式会社サンプル01"
            required
            autoFocus
            autoComplete="organization"
            {...form.getInputProps('legalName')}
          />
        </Section>
        <Section title={t('you')}>
          <div className="gate-two">
            <TextInput label={t('name')} placeholder={t('namePlaceholder')} required autoComplete="name" {...form.getInputProps('name')} />
            <TextInput label={t('email')} type="email" required autoComplete="username" {...form.getInputProps('email')} />
          </div>
          <PasswordInput
            label={t('password')}
            description={t('passwordHint')}
            required
            minLength={10}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
        </Section>
        <ErrorNote error={form.failed} />
        <Button type="submit" size="md" loading={form.busy}>
          {t('begin')}
        </Button>
      </form>
    </Gate>
  )
}
