import { ActionIcon, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Eye, Folder, FolderOpen, FolderPlus, Lock, Settings2 } from 'lucide-react'
import { type CSSProperties, useState } from 'react'
import type { Folder as FolderOf } from '#loop/deliver/template/folders/contract.ts'
import { api } from '../../api.ts'
import { useFormats } from '../../parts/formats.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { FolderDrawer } from './FolderDrawer.tsx'
import { deepened } from './tree.ts'

/** The folders beside the list; a row that scrolls sideways on a phone. `chosen`: an id, `none`, or all. */
export function FolderRail({ chosen, onChoose }: { chosen: string | undefined; onChoose: (to: string | undefined) => void }) {
  const t = useWords('templates')
  const f = useFormats()
  const { may } = useSession()
  const folders = useQuery(api.templateFolders.list.queryOptions({ input: {} }))
  const [open, setOpen] = useState<FolderOf | 'new' | null>(null)
  const items = folders.data?.items ?? []
  const total = items.reduce((sum, one) => sum + one.templates, folders.data?.loose ?? 0)
  const line = (id: string | undefined, name: string, n: number, level = 0, folder?: FolderOf) => {
    const Icon = id === chosen ? FolderOpen : Folder
    return (
      <li key={id ?? ''} className={id === chosen ? 'on' : undefined}>
        <button
          type="button"
          aria-current={id === chosen ? 'true' : undefined}
          style={{ '--deep': level } as CSSProperties}
          onClick={() => onChoose(id)}
        >
          <Icon size={15} aria-hidden />
          <span className="clip">{name}</span>
          {folder?.sharing && <Lock size={12} aria-label={t('restricted')} />}
          {folder?.mine === 'view' && <Eye size={12} aria-label={t('viewOnly')} />}
          <span className="num muted">{f.number(n)}</span>
        </button>
        {folder?.mine === 'edit' && may('templates.write') && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('folderMenu', { name })}
            title={t('editFolder')}
            onClick={() => setOpen(folder)}
          >
            <Settings2 size={14} />
          </ActionIcon>
        )}
      </li>
    )
  }
  return (
    <nav className="folder-rail" aria-label={t('folders')}>
      <ul>
        {line(undefined, t('all'), total)}
        {items.length > 0 && line('none', t('loose'), folders.data?.loose ?? 0)}
        {deepened(items).map(({ folder, level }) => line(folder.id, folder.name, folder.templates, level, folder))}
      </ul>
      {may('templates.write') && (
        <Button variant="subtle" size="compact-sm" leftSection={<FolderPlus size={14} />} onClick={() => setOpen('new')}>
          {t('newFolder')}
        </Button>
      )}
      {open && (
        <FolderDrawer
          folder={open === 'new' ? null : open}
          within={open === 'new' && chosen !== 'none' ? (items.find((one) => one.id === chosen && one.mine === 'edit')?.id ?? null) : null}
          folders={items}
          onClose={() => setOpen(null)}
          onGone={() => onChoose(undefined)}
        />
      )}
    </nav>
  )
}
