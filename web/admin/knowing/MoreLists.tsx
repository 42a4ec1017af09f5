import { ActionIcon, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Camera, Ellipsis, Scale, UserRoundSearch } from 'lucide-react'
import { useWords } from '../words/words.tsx'

/** What else can be done with segments. */
export function MoreLists() {
  const t = useWords('knowing')
  return (
    <Menu position="bottom-end" width={220} shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size={34} aria-label={`${t('compare')}・${t('snapshots')}`}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to={'/segments/compare' as string} leftSection={<Scale size={15} />}>
          {t('compare')}
        </Menu.Item>
        <Menu.Item component={Link} to={'/segments/snapshots' as string} leftSection={<Camera size={15} />}>
          {t('snapshots')}
        </Menu.Item>
        <Menu.Item component={Link} to={'/personas' as string} leftSection={<UserRoundSearch size={15} />}>
          {t('personas')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** What else can be done with one segment: lines of its menu. */
export function SegmentActs({ id, mayWrite }: { id: string; mayWrite: boolean }) {
  const t = useWords('knowing')
  return (
    <>
      <Menu.Item component={Link} to={`/segments/compare?a=segment_${id}` as string} leftSection={<Scale size={15} />}>
        {t('compareWith')}
      </Menu.Item>
      {mayWrite && (
        <Menu.Item component={Link} to={`/segments/snapshots?take=${id}` as string} leftSection={<Camera size={15} />}>
          {t('take')}
        </Menu.Item>
      )}
    </>
  )
}
