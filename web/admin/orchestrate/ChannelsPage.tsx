import '../deliver/deliver.css'
import { ActionIcon, Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { MessageSquare, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Channel = Awaited<ReturnType<typeof client.noticeChannels.list>>['items'][number]
const WAYS = ['slack', 'teams', 'chatwork'] as const
type Way = (typeof WAYS)[number]
const changed = () => again(api.noticeChannels.key())

/** Chats that notices of scenarios go to. */
export function ChannelsPage() {
  const t = useWords('reach')
  const { may } = useSession()
  const [editing, setEditing] = useState<Channel | 'new' | null>(null)
  const channels = useQuery(api.noticeChannels.list.queryOptions({ input: {} }))
  const add = may('scenarios.write') && (
    <Button leftSection={<Plus size={16} />} onClick={() => setEditing('new')}>
      {t('addChannel')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('channels')} crumb={t('settings')} crumbTo="/settings">
        {channels.data && channels.data.items.length > 0 && add}
      </PageTop>
      <Page narrow>
        <p className="muted mail-hint">{t('channelsLead')}</p>
        {channels.isPending && <Skeletons rows={4} />}
        <ErrorNote error={channels.error} retry={channels.refetch} />
        {channels.data?.items.length === 0 && (
          <EmptyState icon={MessageSquare} title={t('channelsEmpty')} action={add}>
            {t('channelsEmptyText')}
          </EmptyState>
        )}
        {channels.data?.items.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} onEdit={() => setEditing(channel)} />
        ))}
      </Page>
      {editing && <ChannelDrawer {...(editing === 'new' ? {} : { channel: editing })} onClose={() => setEditing(null)} />}
    </>
  )
}

function ChannelCard({ channel, onEdit }: { channel: Channel; onEdit: () => void }) {
  const t = useWords('reach')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const [busy, setBusy] = useState(false)
  const test = () => {
    setBusy(true)
    client.noticeChannels
      .test({ id: channel.id })
      .then(({ ok, reason }) => {
        if (ok) toast.done(t('testOk'))
        else toast.failed(new Error(t('testBad', { reason: reason ?? '' })))
        return changed()
      }, toast.failed)
      .finally(() => setBusy(false))
  }
  const remove = () =>
    client.noticeChannels.remove({ id: channel.id }).then(async () => {
      await changed()
      toast.undo(t('removed', { name: channel.name }), () => client.noticeChannels.restore({ id: channel.id }).then(changed))
    }, toast.failed)
  return (
    <Card
      title={channel.name}
      aside={
        may('scenarios.write') && (
          <span className="row">
            <Button size="compact-sm" variant="default" loading={busy} onClick={test}>
              {t('test')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={onEdit}>
              {t('change')}
            </Button>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t('remove')} ${channel.name}`} onClick={() => void remove()}>
              <Trash2 size={15} />
            </ActionIcon>
          </span>
        )
      }
    >
      <p className="mail-hint">
        {t(`ways.${channel.way}`)} <span className="muted">・ {channel.isSet ? channel.hint : t('kept')}</span>
      </p>
      {channel.lastFault ? (
        <div className="hint-warn" role="status">
          {t('lastBad', { reason: channel.lastFault })}
        </div>
      ) : (
        <p className="muted mail-hint">{channel.lastAt ? t('lastOk', { when: f.instant(channel.lastAt) }) : t('neverUsed')}</p>
      )}
      {!channel.isSet && <Kept id={channel.id} />}
    </Card>
  )
}

/** What a channel without an address has been told. */
function Kept({ id }: { id: string }) {
  const t = useWords('reach')
  const f = useFormats()
  const kept = useQuery(api.noticeChannels.kept.queryOptions({ input: { id } }))
  if (!kept.data) return null
  return (
    <details className="kept-notices">
      <summary>
        {t('keptTitle')} <span className="num">{f.number(kept.data.items.length)}</span>
      </summary>
      {kept.data.items.length === 0 && <p className="muted">{t('keptNone')}</p>}
      <ul>
        {kept.data.items.map((one) => (
          <li key={one.id}>
            <span className="muted">{f.instant(one.at)}</span>
            <pre>{one.text}</pre>
          </li>
        ))}
      </ul>
    </details>
  )
}

function ChannelDrawer({ channel, onClose }: { channel?: Channel; onClose: () => void }) {
  const t = useWords('reach')
  const form = useProblemForm({
    initialValues: { name: channel?.name ?? '', way: (channel?.way ?? 'slack') as Way, secretUrl: '', room: '', token: '' },
  })
  const { way } = form.values
  const kept = channel?.isSet ? t('keptSecret') : ''
  const send = form.send(
    ({ name, way: kind, ...address }) => {
      const given = Object.fromEntries(Object.entries(address).filter(([, value]) => value !== ''))
      return channel
        ? client.noticeChannels.update({ id: channel.id, name, ...given })
        : client.noticeChannels.create({ name, way: kind, ...given })
    },
    () => {
      void changed()
      onClose()
    },
  )
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={channel ? t('editChannel') : t('addChannel')}
      {...(channel ? {} : { verb: t('add') })}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('channelName')} placeholder={t('channelNameHint')} required data-autofocus {...form.getInputProps('name')} />
      <NativeSelect
        label={t('way')}
        disabled={channel !== undefined}
        data={WAYS.map((value) => ({ value, label: t(`ways.${value}`) }))}
        {...form.getInputProps('way')}
      />
      {way === 'chatwork' ? (
        <>
          <TextInput label={t('room')} inputMode="numeric" placeholder={kept} {...form.getInputProps('room')} />
          <PasswordInput label={t('token')} autoComplete="new-password" placeholder={kept} {...form.getInputProps('token')} />
        </>
      ) : (
        <PasswordInput
          label={way === 'slack' ? t('urlSlack') : t('urlTeams')}
          autoComplete="new-password"
          placeholder={kept}
          {...form.getInputProps('secretUrl')}
        />
      )}
      {!channel?.isSet && <p className="muted mail-hint">{t('noAddressHint')}</p>}
    </FormDrawer>
  )
}
