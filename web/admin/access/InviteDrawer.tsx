import { Radio, TextInput } from '@mantine/core'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { MadeLink } from './LinkModal.tsx'

const ROLES = ['owner', 'marketer', 'sales', 'viewer'] as const
type Values = { name: string; email: string; role: (typeof ROLES)[number] }

/** Invites somebody; the link is shown afterwards. */
export function InviteDrawer({ opened, onClose, onMade }: { opened: boolean; onClose: () => void; onMade: (link: MadeLink) => void }) {
  const t = useWords('access')
  const { language } = useLanguage()
  const form = useProblemForm<Values>({ initialValues: { name: '', email: '', role: 'sales' } })
  const send = form.send(
    async (values) => ({ ...(await client.users.invite({ ...values, language })), name: values.name }),
    ({ name, link, mailed }) => {
      void again(api.users.key())
      form.reset()
      onClose()
      onMade({ kind: 'invite', name, link, mailed })
    },
  )
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('invite')}
      verb={t('inviteVerb')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('name')} placeholder={t('namePlaceholder')} required data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t('email')} type="email" required {...form.getInputProps('email')} />
      <Radio.Group label={t('role')} {...form.getInputProps('role')}>
        <div className="stack" style={{ gap: 8 }}>
          {ROLES.map((role) => (
            <Radio key={role} value={role} className="choice" label={t(`roles.${role}`)} description={t(`roleHelp.${role}`)} />
          ))}
        </div>
      </Radio.Group>
    </FormDrawer>
  )
}
