import { ActionIcon, Button, TagsInput, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, FolderTree, Pencil, Plus, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { again, api, client } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Group = Awaited<ReturnType<typeof client.track.pageGroups>>['items'][number]
const SUGGESTED = [
  ['pricing', ['/pricing*', '/price*', '/plan*']],
  ['cases', ['/case*', '/cases/*']],
  ['faq', ['/faq*', '/help*']],
  ['docs', ['/download*', '/document*', '/whitepaper*']],
] as const

/** Named sets of addresses, in the order they are tried. */
export function GroupsTab({ adding, onClose, onAdd }: { adding: boolean; onClose: () => void; onAdd: () => void }) {
  const t = useWords('track')
  const mayWrite = useSession().may('sites.write')
  const [editing, setEditing] = useState<Group | null>(null)
  const groups = useQuery(api.track.pageGroups.queryOptions({ input: {} }))
  const items = groups.data?.items ?? []
  return (
    <>
      <p className="muted track-text">{t('groupsText')}</p>
      {groups.isPending && <Skeletons rows={3} height={56} />}
      <ErrorNote error={groups.error} retry={groups.refetch} />
      {groups.data && items.length === 0 && (
        <EmptyState icon={FolderTree} title={t('groupsEmpty')} action={mayWrite ? <Suggestions onAdd={onAdd} /> : undefined}>
          {t('groupsEmptyText')}
        </EmptyState>
      )}
      {items.length > 0 && (
        <>
          <Card className="track-flush">
            <ol className="track-groups">
              {items.map((group, index) => (
                <GroupRow key={group.id} group={group} index={index} all={items} mayWrite={mayWrite} onEdit={() => setEditing(group)} />
              ))}
            </ol>
          </Card>
          <TryUrl />
        </>
      )}
      <GroupForm
        opened={adding || editing !== null}
        group={editing}
        onClose={() => {
          setEditing(null)
          onClose()
        }}
      />
    </>
  )
}

const reread = () => again(api.track.pageGroups.key(), api.track.tryPageGroup.key())

function Suggestions({ onAdd }: { onAdd: () => void }) {
  const t = useWords('track')
  const toast = useToasts()
  const take = (name: string, patterns: readonly string[]) =>
    client.track.addPageGroup({ name, patterns: [...patterns] }).then(reread, toast.failed)
  return (
    <>
      {SUGGESTED.map(([key, patterns]) => (
        <Button key={key} variant="default" size="xs" onClick={() => void take(t(`groupSuggest.${key}`), patterns)}>
          {t(`groupSuggest.${key}`)}
        </Button>
      ))}
      <Button size="xs" leftSection={<Plus size={14} />} onClick={onAdd}>
        {t('addGroup')}
      </Button>
    </>
  )
}

function GroupRow({
  group,
  index,
  all,
  mayWrite,
  onEdit,
}: {
  group: Group
  index: number
  all: readonly Group[]
  mayWrite: boolean
  onEdit: () => void
}) {
  const t = useWords('track')
  const toast = useToasts()
  const swap = async (other: Group | undefined) => {
    if (!other) return
    await client.track.changePageGroup({ id: group.id, position: other.position })
    await client.track.changePageGroup({ id: other.id, position: group.position })
    await reread()
  }
  const remove = async () => {
    await client.track.removePageGroup({ id: group.id })
    await reread()
    const { name, patterns } = group
    toast.undo(t('removed', { name }), async () => {
      await client.track.addPageGroup({ name, patterns })
      await reread()
    })
  }
  return (
    <li>
      <span className="track-no num">{index + 1}</span>
      <span className="track-group">
        <b>{group.name}</b>
        <span className="row wrap">
          {group.patterns.map((pattern) => (
            <code key={pattern}>{pattern}</code>
          ))}
        </span>
      </span>
      {mayWrite && (
        <span className="row push">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('moveUp')}
            disabled={index === 0}
            onClick={() => void swap(all[index - 1]).catch(toast.failed)}
          >
            <ArrowUp size={15} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('moveDown')}
            disabled={index === all.length - 1}
            onClick={() => void swap(all[index + 1]).catch(toast.failed)}
          >
            <ArrowDown size={15} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={t('edit')} onClick={onEdit}>
            <Pencil size={15} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="red" aria-label={t('remove')} onClick={() => void remove().catch(toast.failed)}>
            <Trash2 size={15} />
          </ActionIcon>
        </span>
      )}
    </li>
  )
}

function TryUrl() {
  const t = useWords('track')
  const [url, setUrl] = useState('')
  const [settled] = useDebouncedValue(url.trim(), 250)
  const tried = useQuery({ ...api.track.tryPageGroup.queryOptions({ input: { url: settled } }), enabled: settled !== '' })
  const group = tried.data?.group
  return (
    <Card title={t('tryUrl')}>
      <div className="stack">
        <TextInput aria-label={t('tryUrl')} placeholder={t('tryPlaceholder')} value={url} onChange={(e) => setUrl(e.currentTarget.value)} />
        {settled !== '' && tried.data && <div role="status">{group ? t('tryHit', { name: group.name }) : t('tryMiss')}</div>}
      </div>
    </Card>
  )
}

type Values = { name: string; patterns: string[] }

function GroupForm({ opened, group, onClose }: { opened: boolean; group: Group | null; onClose: () => void }) {
  const t = useWords('track')
  const toast = useToasts()
  const form = useProblemForm<Values>({ initialValues: { name: '', patterns: [] } })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form takes the group's values when it opens
  useEffect(() => {
    if (opened) form.setValues(group ? { name: group.name, patterns: group.patterns } : { name: '', patterns: [] })
  }, [opened, group?.id])
  const send = form.send(
    (values) => (group ? client.track.changePageGroup({ id: group.id, ...values }) : client.track.addPageGroup(values)),
    () => {
      void reread()
      toast.done(t('saved'))
      onClose()
    },
  )
  const patterns = form.getInputProps('patterns')
  const patternError = patterns['error'] ?? Object.entries(form.errors).find(([field]) => field.startsWith('patterns.'))?.[1]
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t(group ? 'editGroup' : 'addGroup')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('groupName')} placeholder={t('groupNamePlaceholder')} required data-autofocus {...form.getInputProps('name')} />
      <TagsInput
        label={t('patterns')}
        description={t('patternsHint')}
        placeholder="/pricing*"
        required
        {...patterns}
        error={patternError}
      />
      <p className="muted">{t('groupNote')}</p>
    </FormDrawer>
  )
}
