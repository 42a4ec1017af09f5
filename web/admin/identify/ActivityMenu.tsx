import { ActionIcon, Menu } from '@mantine/core'
import { Ellipsis, Pencil, Pin, PinOff, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { activityKinds } from '#loop/identify/activities/kinds/contract.ts'
import { client } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { activitiesChanged } from './changed.ts'
import type { Activity } from './history.ts'

const ActivityDrawer = lazy(() => import('./ActivityDrawer.tsx').then((m) => ({ default: m.ActivityDrawer })))

/** What can be done with something a colleague recorded. Removing asks nothing: the toast takes it back. */
export function ActivityMenu({ activity }: { activity: Activity }) {
  const t = useWords('person')
  const f = useFormats()
  const { language } = useLanguage()
  const toast = useToasts()
  const [editing, setEditing] = useState(false)
  const items = [{ leadId: activity.leadId, id: activity.id }]
  const kind = activityKinds.find((one) => one.value === activity.kind)?.[language] ?? ''
  const remove = () =>
    client.activities.remove({ items }).then(async () => {
      await activitiesChanged()
      toast.undo(t('removed', { kind }), () => client.activities.restore({ items }).then(activitiesChanged))
    }, toast.failed)
  const pin = () =>
    client.activities.change({ leadId: activity.leadId, id: activity.id, pinned: !activity.pinned }).then(activitiesChanged, toast.failed)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={f.pair(t('actions'), kind)}>
            <Ellipsis size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {activity.kind === 'note' && (
            <Menu.Item leftSection={activity.pinned ? <PinOff size={14} /> : <Pin size={14} />} onClick={() => void pin()}>
              {activity.pinned ? t('unpin') : t('pin')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Pencil size={14} />} onClick={() => setEditing(true)}>
            {t('edit')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => void remove()}>
            {t('remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>{editing && <ActivityDrawer leadIds={[activity.leadId]} activity={activity} onClose={() => setEditing(false)} />}</Suspense>
    </>
  )
}
