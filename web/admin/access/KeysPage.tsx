import './access.css'
import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { SecretBox } from './SecretBox.tsx'

type Key = Awaited<ReturnType<typeof client.keys.list>>['items'][number]
const SCOPES = ['read', 'write', 'track', 'admin'] as const

/** Keys for other systems: made, shown once, revoked. */
export function KeysPage() {
  const t = useWords('access')
  const keys = useQuery(api.keys.list.queryOptions({ input: {} }))
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<string | null>(null)
  const [revoking, setRevoking] = useState<Key | null>(null)
  const make = (
    <Button leftSection={<Plus size={15} />} onClick={() => setMaking(true)}>
      {t('makeKey')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('keysTitle')} crumb={t('settings')}>
        {make}
      </PageTop>
      <Page narrow>
        {keys.isPending && <Skeletons rows={4} />}
        <ErrorNote error={keys.error} retry={keys.refetch} />
        {keys.data?.items.length === 0 && (
          <EmptyState icon={KeyRound} title={t('keysEmpty')} action={make}>
            {t('keysEmptyText')}
          </EmptyState>
        )}
        {keys.data && keys.data.items.length > 0 && <KeyTable keys={keys.data.items} onRevoke={setRevoking} />}
      </Page>
      <KeyDrawer opened={making} onClose={() => setMaking(false)} onMade={setMade} />
      <Modal
        opened={made !== null}
        onClose={() => setMade(null)}
        title={<b>{t('keyMadeTitle')}</b>}
        size="lg"
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <div className="stack">
          <div>{t('keyMadeText')}</div>
          <SecretBox text={made ?? ''} label={t('key')} />
          <div className="settings-foot">
            <Button onClick={() => setMade(null)}>{t('close')}</Button>
          </div>
        </div>
      </Modal>
      <RevokeModal item={revoking} onClose={() => setRevoking(null)} />
    </>
  )
}

function KeyTable({ keys, onRevoke }: { keys: Key[]; onRevoke: (key: Key) => void }) {
  const t = useWords('access')
  return (
    <Card className="flush">
      <table className="office-table">
        <thead>
          <tr>
            <th>{t('keyName')}</th>
            <th>{t('scopes')}</th>
            <th>{t('lastUsed')}</th>
            <th>{t('made')}</th>
            <th>
              <span className="sr-only">{t('revoke')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} className={key.revokedAt ? 'off' : ''}>
              <td>
                <span className="who-stack">
                  <b>{key.name}</b>
                  <code className="muted">{key.hint}…</code>
                </span>
              </td>
              <td>
                <span className="row wrap">
                  {key.scopes.map((scope) => (
                    <Chip key={scope} dot={false} tone={scope === 'admin' ? 'amber' : 'grey'}>
                      {t(`scope.${scope}`)}
                    </Chip>
                  ))}
                </span>
              </td>
              <td className="muted">{key.lastUsedAt ? <Ago at={key.lastUsedAt} /> : t('never')}</td>
              <td className="muted">
                <Ago at={key.createdAt} /> {key.madeBy}
              </td>
              <td className="end">
                {key.revokedAt ? (
                  <Chip tone="red">{t('revoked')}</Chip>
                ) : (
                  <Button size="compact-sm" variant="subtle" color="red" onClick={() => onRevoke(key)}>
                    {t('revoke')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

type Values = { name: string; scopes: (typeof SCOPES)[number][] }

function KeyDrawer({ opened, onClose, onMade }: { opened: boolean; onClose: () => void; onMade: (key: string) => void }) {
  const t = useWords('access')
  const form = useProblemForm<Values>({
    initialValues: { name: '', scopes: ['read'] },
    validate: { scopes: (scopes) => (scopes.length === 0 ? t('chooseScope') : null) },
  })
  const send = form.send(
    (values) => client.keys.create(values),
    ({ key }) => {
      void again(api.keys.key())
      form.reset()
      onClose()
      onMade(key)
    },
  )
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('makeKey')}
      verb={t('makeKey')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('keyName')} placeholder={t('keyNamePlaceholder')} required data-autofocus {...form.getInputProps('name')} />
      <Checkbox.Group label={t('scopes')} {...form.getInputProps('scopes')}>
        <div className="stack" style={{ gap: 8 }}>
          {SCOPES.map((scope) => (
            <Checkbox key={scope} value={scope} className="choice" label={t(`scope.${scope}`)} description={t(`scopeHelp.${scope}`)} />
          ))}
        </div>
      </Checkbox.Group>
    </FormDrawer>
  )
}

/** Revoking cannot be undone, so this is one of the few questions asked beforehand. */
function RevokeModal({ item, onClose }: { item: Key | null; onClose: () => void }) {
  const t = useWords('access')
  const parts = useWords('parts')
  const toast = useToasts()
  const revoke = ({ id, name }: Key) => {
    client.keys
      .revoke({ id })
      .then(() => toast.done(t('keyRevoked', { name })), toast.failed)
      .finally(() => again(api.keys.key()))
    onClose()
  }
  return (
    <Modal
      opened={item !== null}
      onClose={onClose}
      title={<b>{t('revokeTitle', { name: item?.name ?? '' })}</b>}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className="stack">
        <div>{t('revokeText')}</div>
        <div className="settings-foot">
          <Button variant="default" onClick={onClose}>
            {parts('cancel')}
          </Button>
          <Button color="red" onClick={() => item && revoke(item)}>
            {t('revoke')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
