import { ActionIcon, Button, NativeSelect, Radio, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Trash2, X } from 'lucide-react'
import { useState } from 'react'
import type { Folder, FolderLevel, Sharing } from '#loop/deliver/template/folders/contract.ts'
import { again, api, client } from '../../api.ts'
import { FormDrawer, Section } from '../../parts/FormDrawer.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import { places } from './tree.ts'

const ROLES = ['marketer', 'sales', 'viewer'] as const
const fresh: Sharing = { everyone: 'view', users: [], roles: [] }

/** Name, place and sharing of a folder. */
export function FolderDrawer({
  folder,
  within,
  folders,
  onClose,
  onGone,
}: {
  folder: Folder | null
  within: string | null
  folders: readonly Folder[]
  onClose: () => void
  onGone: () => void
}) {
  const t = useWords('templates')
  const toast = useToasts()
  const [name, setName] = useState(folder?.name ?? '')
  const [parentId, setParentId] = useState(folder ? folder.parentId : within)
  const [sharing, setSharing] = useState<Sharing | null>(folder?.sharing ?? null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const run = (work: Promise<unknown>, words: string) => {
    setBusy(true)
    setFailed(null)
    return work
      .then(() => {
        toast.done(words)
        void again(api.templateFolders.key(), api.templates.key())
        onClose()
      }, setFailed)
      .finally(() => setBusy(false))
  }
  const save = (e: React.FormEvent) => {
    e.preventDefault()
    const given = { name, parentId, sharing }
    void run(folder ? client.templateFolders.update({ id: folder.id, ...given }) : client.templateFolders.create(given), t('folderSaved'))
  }
  return (
    <FormDrawer opened onClose={onClose} title={folder ? t('editFolder') : t('newFolder')} busy={busy} failed={failed} onSubmit={save}>
      <TextInput
        label={t('folderName')}
        required
        data-autofocus
        maxLength={80}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <NativeSelect
        label={t('inFolder')}
        value={parentId ?? ''}
        onChange={(e) => setParentId(e.currentTarget.value || null)}
        data={[{ value: '', label: t('top') }, ...places(folders, folder?.id ?? null)]}
      />
      <Section title={t('sharing')} hint={t('sharingHint')}>
        <Radio.Group
          value={sharing ? 'chosen' : 'above'}
          onChange={(to) => setSharing(to === 'chosen' ? fresh : null)}
          aria-label={t('sharing')}
        >
          <div className="stack-s">
            <Radio value="above" label={t('asAbove')} />
            <Radio value="chosen" label={t('chosen')} />
          </div>
        </Radio.Group>
        {sharing && <SharingFields sharing={sharing} onChange={setSharing} />}
      </Section>
      {folder && (
        <Button
          variant="subtle"
          color="red"
          leftSection={<Trash2 size={14} />}
          onClick={() =>
            void run(
              client.templateFolders.remove({ id: folder.id }).then(() => onGone()),
              t('folderRemoved', { name: folder.name }),
            )
          }
        >
          {t('removeFolder')}
        </Button>
      )}
    </FormDrawer>
  )
}

function SharingFields({ sharing, onChange }: { sharing: Sharing; onChange: (to: Sharing) => void }) {
  const t = useWords('templates')
  const colleagues = useQuery(api.users.colleagues.queryOptions({ input: {} }))
  const people = (colleagues.data?.items ?? []).filter((one) => one.active || sharing.users.some(({ userId }) => userId === one.id))
  const nameOf = (id: string) => people.find((one) => one.id === id)?.name ?? id
  const freeRoles = ROLES.filter((role) => !sharing.roles.some((one) => one.role === role))
  const freePeople = people.filter((one) => !sharing.users.some(({ userId }) => userId === one.id))
  return (
    <div className="stack">
      <Grant
        name={t('everyoneMay')}
        level={sharing.everyone}
        levels={['none', 'view', 'edit']}
        onLevel={(everyone) => onChange({ ...sharing, everyone })}
      />
      {sharing.roles.map((one) => (
        <Grant
          key={one.role}
          name={t(`role.${one.role}`)}
          level={one.level}
          levels={['view', 'edit']}
          onLevel={(level) =>
            onChange({ ...sharing, roles: sharing.roles.map((x) => (x.role === one.role ? { ...x, level: level as 'view' } : x)) })
          }
          onDrop={() => onChange({ ...sharing, roles: sharing.roles.filter((x) => x.role !== one.role) })}
        />
      ))}
      {sharing.users.map((one) => (
        <Grant
          key={one.userId}
          name={nameOf(one.userId)}
          level={one.level}
          levels={['view', 'edit']}
          onLevel={(level) =>
            onChange({ ...sharing, users: sharing.users.map((x) => (x.userId === one.userId ? { ...x, level: level as 'view' } : x)) })
          }
          onDrop={() => onChange({ ...sharing, users: sharing.users.filter((x) => x.userId !== one.userId) })}
        />
      ))}
      <div className="share-add">
        <NativeSelect
          aria-label={t('addRole')}
          value=""
          onChange={(e) => {
            const role = ROLES.find((one) => one === e.currentTarget.value)
            if (role) onChange({ ...sharing, roles: [...sharing.roles, { role, level: 'edit' }] })
          }}
          data={[{ value: '', label: t('addRole') }, ...freeRoles.map((role) => ({ value: role as string, label: t(`role.${role}`) }))]}
        />
        <NativeSelect
          aria-label={t('addUser')}
          value=""
          onChange={(e) => {
            const userId = e.currentTarget.value
            if (userId) onChange({ ...sharing, users: [...sharing.users, { userId, level: 'edit' }] })
          }}
          data={[{ value: '', label: t('addUser') }, ...freePeople.map((one) => ({ value: one.id, label: one.name }))]}
        />
      </div>
    </div>
  )
}

function Grant({
  name,
  level,
  levels,
  onLevel,
  onDrop,
}: {
  name: string
  level: FolderLevel
  levels: readonly FolderLevel[]
  onLevel: (to: FolderLevel) => void
  onDrop?: () => void
}) {
  const t = useWords('templates')
  return (
    <div className="share-line">
      <span className="clip">{name}</span>
      <NativeSelect
        aria-label={name}
        size="xs"
        value={level}
        onChange={(e) => onLevel(e.currentTarget.value as FolderLevel)}
        data={levels.map((one) => ({ value: one as string, label: t(`level.${one}`) }))}
      />
      {onDrop ? (
        <ActionIcon variant="subtle" color="gray" aria-label={t('drop', { name })} onClick={onDrop}>
          <X size={14} />
        </ActionIcon>
      ) : (
        <span />
      )}
    </div>
  )
}
