import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Folder, FolderMinus } from 'lucide-react'
import { again, api, client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import { places } from './tree.ts'

/** Where a template goes. One click moves it; the toast takes it back. */
export function MoveModal({ template, onClose }: { template: { id: string; folderId: string | null }; onClose: () => void }) {
  const t = useWords('templates')
  const shell = useWords('shell')
  const toast = useToasts()
  const folders = useQuery(api.templateFolders.list.queryOptions({ input: {} }))
  const put = (folderId: string | null) =>
    client.templateFolders.place({ ids: [template.id], folderId }).then(() => again(api.templates.key(), api.templateFolders.key()))
  const go = (folderId: string | null) => {
    onClose()
    put(folderId).then(() => toast.undo(t('moved', { n: 1 }), () => put(template.folderId)), toast.failed)
  }
  return (
    <Modal opened onClose={onClose} title={<b>{t('moveTo')}</b>} closeButtonProps={{ 'aria-label': shell('close') }}>
      <ul className="folder-rail in-modal">
        <li>
          <button type="button" disabled={template.folderId === null} onClick={() => go(null)}>
            <FolderMinus size={15} aria-hidden />
            <span>{t('loose')}</span>
          </button>
        </li>
        {places(folders.data?.items ?? [], null).map(({ value, label }) => (
          <li key={value}>
            <button type="button" disabled={template.folderId === value} onClick={() => go(value)}>
              <Folder size={15} aria-hidden />
              <span>{label}</span>
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  )
}
