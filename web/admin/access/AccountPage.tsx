import './access.css'
import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { problemOf } from '../problem.ts'
import { sessionChanged } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { changePassword } from './authClient.ts'
import { TwoFactorCard } from './TwoFactorCard.tsx'

type Me = Awaited<ReturnType<typeof client.me.read>>

/** One's own name, language, password and second factor. */
export function AccountPage() {
  const t = useWords('access')
  const me = useQuery(api.me.read.queryOptions({ input: {} }))
  return (
    <>
      <PageTop title={t('accountTitle')} />
      <Page narrow>
        {me.isPending && <Skeletons rows={6} />}
        <ErrorNote error={me.error} retry={me.refetch} />
        {me.data && (
          <>
            <Profile me={me.data} />
            <Password />
            <TwoFactorCard on={me.data.twoFactor} reload={() => void again(api.me.key())} />
          </>
        )}
      </Page>
    </>
  )
}

function Profile({ me }: { me: Me }) {
  const t = useWords('access')
  const toast = useToasts()
  const { setLanguage } = useLanguage()
  const form = useProblemForm<{ name: string; language: 'ja' | 'en' }>({ initialValues: { name: me.name, language: me.language } })
  const save = form.send(
    (values) => client.me.update(values),
    () => {
      setLanguage(form.getValues().language)
      form.resetDirty()
      void again(api.me.key(), api.users.key())
      void sessionChanged()
      toast.done(t('profileSaved'))
    },
  )
  return (
    <Card title={t('profile')} aside={`${me.email} ・ ${t(`roles.${me.role}`)}`}>
      <form className="stack" onSubmit={save}>
        <div className="form-two">
          <TextInput label={t('name')} required autoComplete="name" {...form.getInputProps('name')} />
          <div>
            <div className="mantine-InputWrapper-label">{t('languageLabel')}</div>
            <SegmentedControl
              aria-label={t('languageLabel')}
              data={[
                { value: 'ja', label: '日本語' },
                { value: 'en', label: 'English' },
              ]}
              {...form.getInputProps('language')}
            />
          </div>
        </div>
        <ErrorNote error={form.failed} />
        <div className="settings-foot">
          <Button type="submit" loading={form.busy} disabled={!form.isDirty()}>
            {useWords('parts')('save')}
          </Button>
        </div>
      </form>
    </Card>
  )
}

function Password() {
  const t = useWords('access')
  const toast = useToasts()
  const form = useProblemForm({ initialValues: { currentPassword: '', newPassword: '' } })
  const wrong = problemOf(form.failed)?.code === 'auth.invalid_password'
  const save = form.send(
    ({ currentPassword, newPassword }) => changePassword(currentPassword, newPassword),
    () => {
      form.reset()
      toast.done(t('passwordChanged'))
    },
  )
  return (
    <Card title={t('changePassword')}>
      <form className="stack" onSubmit={save}>
        <div className="form-two">
          <PasswordInput
            label={t('currentPassword')}
            required
            autoComplete="current-password"
            {...form.getInputProps('currentPassword')}
            error={wrong ? t('wrongPassword') : undefined}
          />
          <PasswordInput
            label={t('newPassword')}
            description={t('passwordHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            required
            minLength={10}
            autoComplete="new-password"
            {...form.getInputProps('newPassword')}
          />
        </div>
        {!wrong && <ErrorNote error={form.failed} />}
        <div className="settings-foot">
          <Button type="submit" variant="default" loading={form.busy} disabled={!form.isDirty()}>
            {t('changeVerb')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
