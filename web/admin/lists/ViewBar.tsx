import './lists.css'
import { Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Bookmark, Check, Columns3, Plus, Rows2, Rows3, Rows4, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { ViewState } from './views.ts'

const SaveView = lazy(() => import('./SaveView.tsx').then((m) => ({ default: m.SaveView })))

type View = Awaited<ReturnType<typeof client.views.list>>['items'][number]
export type OpenedView = Pick<View, 'id'> & { state: { search: Record<string, string>; columns?: string[]; density?: string } }

const HEIGHTS = [
  ['compact', Rows4],
  ['standard', Rows3],
  ['roomy', Rows2],
] as const

/** Saved views of a list, its columns and the height of its rows. */
export function ViewBar({
  list,
  current,
  state,
  density,
  onDensity,
  onColumns,
  onOpen,
}: {
  list: 'leads' | 'companies' | 'deals' | 'visitors'
  current: string | undefined
  state: ViewState
  density: ViewState['density']
  onDensity: (to: ViewState['density']) => void
  onColumns: () => void
  onOpen: (view: OpenedView | null) => void
}) {
  const l = useWords('lists')
  const toast = useToasts()
  const [isSaving, setSaving] = useState(false)
  const views = useQuery({ ...api.views.list.queryOptions({ input: { list } }), staleTime: 60_000 })
  const items = views.data?.items ?? []
  const now = items.find((one) => one.id === current)
  const remove = async (view: View) => {
    try {
      await client.views.remove({ id: view.id })
      await again(api.views.key())
      if (view.id === current) onOpen(null)
      const { name, shared, state: kept } = view
      toast.undo(l('viewRemoved'), async () => {
        await client.views.create({ list, name, shared, state: kept })
        await again(api.views.key())
      })
    } catch (error) {
      toast.failed(error)
    }
  }
  const keep = async () => {
    if (!now) return
    try {
      await client.views.change({ id: now.id, state })
      await again(api.views.key())
      toast.done(l('viewSaved'))
    } catch (error) {
      toast.failed(error)
    }
  }
  return (
    <>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<Bookmark size={14} />}>
            <span className="clip view-name">{now?.name ?? l('views')}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown className="filter-options">
          {items.length === 0 && <p className="muted view-empty">{l('viewsEmpty')}</p>}
          {items.length > 0 && <Menu.Item onClick={() => onOpen(null)}>{l('usual')}</Menu.Item>}
          {items.map((view) => (
            <Menu.Item
              key={view.id}
              onClick={() => onOpen(view as OpenedView)}
              leftSection={view.id === current ? <Check size={14} /> : <span className="view-gap" />}
              rightSection={<span className="muted view-whose">{l(view.shared ? 'shared' : 'mine')}</span>}
            >
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {now?.isMine && <Menu.Item onClick={() => void keep()}>{l('updateView')}</Menu.Item>}
          <Menu.Item leftSection={<Plus size={14} />} onClick={() => setSaving(true)}>
            {l('saveView')}
          </Menu.Item>
          {now?.isMine && (
            <Menu.Item leftSection={<Trash2 size={14} />} onClick={() => void remove(now)}>
              {l('removeView', { name: now.name })}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<Columns3 size={14} />} onClick={onColumns}>
            {l('columns')}
          </Menu.Item>
          <Menu.Label>{l('density')}</Menu.Label>
          {HEIGHTS.map(([value, Icon]) => (
            <Menu.Item
              key={value}
              leftSection={<Icon size={14} />}
              rightSection={value === density ? <Check size={14} /> : null}
              onClick={() => onDensity(value)}
            >
              {l(`densities.${value}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {isSaving && <SaveView list={list} state={state} onClose={() => setSaving(false)} onSaved={(view) => onOpen(view as OpenedView)} />}
      </Suspense>
    </>
  )
}
