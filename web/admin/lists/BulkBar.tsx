import { Button, Menu } from '@mantine/core'
import { ChevronDown, Tag, UserRound } from 'lucide-react'
import { useState } from 'react'
import { OwnerMenu } from '../identify/AssignBar.tsx'
import { AssignByRule } from '../sales/AssignByRule.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { BulkDrawer, type DrawerKind } from './BulkDrawer.tsx'
import { type Act, useBulk } from './useBulk.ts'

/** What can be done with the chosen leads, or with all that match. */
export function BulkBar({
  ids,
  filter,
  isAll,
  total,
  onAll,
  onDone,
}: {
  ids: readonly string[]
  filter: object
  isAll: boolean
  total: { n: number; about: boolean } | undefined
  onAll: () => void
  onDone: () => void
}) {
  const t = useWords('identify')
  const l = useWords('lists')
  const p = useWords('parts')
  const { may } = useSession()
  const bulk = useBulk()
  const [drawer, setDrawer] = useState<DrawerKind | null>(null)
  const [busy, setBusy] = useState(false)
  const act = async (what: Act) => {
    setBusy(true)
    await bulk(what, { ids, filter, isAll })
    setBusy(false)
    onDone()
  }
  const n = total ? l(total.about ? 'about' : 'count', { n: total.n }) : ''
  const mayAll = may('leads.bulk') && total && total.n > ids.length
  return (
    <div className="assign-bar bulk-bar" role="toolbar" aria-label={t('more')}>
      <b className="num nowrap">{isAll ? l('allMatching', { n }) : p('selected', { n: ids.length })}</b>
      {!isAll && mayAll && (
        <Button size="compact-xs" variant="subtle" onClick={onAll}>
          {l('selectAllMatching', { n })}
        </Button>
      )}
      <OwnerMenu onChoose={(ownerId) => void act({ kind: 'owner', ownerId })}>
        <Button size="xs" leftSection={<UserRound size={14} />} loading={busy}>
          {t('assign')}
        </Button>
      </OwnerMenu>
      <Button size="xs" variant="default" leftSection={<Tag size={14} />} onClick={() => setDrawer('tags')}>
        {l('tags')}
      </Button>
      <Button size="xs" variant="default" onClick={() => setDrawer('field')}>
        {l('field')}
      </Button>
      <Menu position="bottom-start" width={220}>
        <Menu.Target>
          <Button size="xs" variant="default" rightSection={<ChevronDown size={14} />}>
            {l('more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <AssignByRule ids={ids} filter={filter} isAll={isAll} onDone={onDone} />
          <Menu.Sub>
            <Menu.Sub.Target>
              <Menu.Sub.Item>{l('status')}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown>
              {(['active', 'on_hold', 'invalid'] as const).map((status) => (
                <Menu.Item key={status} onClick={() => void act({ kind: 'status', status })}>
                  {l(`statuses.${status}`)}
                </Menu.Item>
              ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
          <Menu.Sub>
            <Menu.Sub.Target>
              <Menu.Sub.Item>{l('priority')}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown>
              {(['high', 'middle', 'low', null] as const).map((priority) => (
                <Menu.Item key={priority ?? 'none'} onClick={() => void act({ kind: 'priority', priority })}>
                  {l(`priorities.${priority ?? 'none'}`)}
                </Menu.Item>
              ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
          <Menu.Item onClick={() => setDrawer('interest')}>{t('interest')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => setDrawer('campaign')}>{l('campaign')}</Menu.Item>
          {may('scenarios.write') && <Menu.Item onClick={() => setDrawer('scenario')}>{l('scenario')}</Menu.Item>}
          <Menu.Divider />
          <Menu.Item onClick={() => void act({ kind: 'stop' })}>{l('stop')}</Menu.Item>
          {may('leads.bulk') && (
            <Menu.Item color="red" onClick={() => void act({ kind: 'trash' })}>
              {l('trash')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Button size="xs" variant="subtle" color="gray" className="push" onClick={onDone}>
        {t('unselect')}
      </Button>
      {drawer && <BulkDrawer kind={drawer} onClose={() => setDrawer(null)} onAct={act} />}
    </div>
  )
}
