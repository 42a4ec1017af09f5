import { Button, Modal } from '@mantine/core'
import { FileDown, Printer } from 'lucide-react'
import { useState } from 'react'
import { client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useLanguage, useWords } from '../words/words.tsx'

/** Everything recorded about one person, to read and print or as data. */
export function ExportPerson({ leadId, opened, onClose }: { leadId: string; opened: boolean; onClose: () => void }) {
  const t = useWords('trust')
  const p = useWords('parts')
  const { language } = useLanguage()
  const toast = useToasts()
  const [busy, setBusy] = useState<'html' | 'json' | null>(null)
  const save = async (kind: 'html' | 'json') => {
    setBusy(kind)
    try {
      const file = await client.privacy.export({ id: leadId, language })
      const text = kind === 'html' ? file.html : JSON.stringify(file.data, null, 2)
      download(`${file.fileName}.${kind}`, text, kind === 'html' ? 'text/html' : 'application/json')
      toast.done(t('exportReady'))
      onClose()
    } catch (error) {
      toast.failed(error)
    }
    setBusy(null)
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<b>{t('exportOne')}</b>} closeButtonProps={{ 'aria-label': p('cancel') }}>
      <div className="stack">
        <p>{t('exportText')}</p>
        <Button leftSection={<Printer size={15} />} loading={busy === 'html'} onClick={() => void save('html')}>
          {t('asHtml')}
        </Button>
        <Button variant="default" leftSection={<FileDown size={15} />} loading={busy === 'json'} onClick={() => void save('json')}>
          {t('asJson')}
        </Button>
      </div>
    </Modal>
  )
}

function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
