import { Button, Modal } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { Lead } from './lead.ts'

/** Erasing cannot be undone: the one place that asks beforehand. */
export function EraseModal({ lead, name, opened, onClose }: { lead: Lead; name: string; opened: boolean; onClose: () => void }) {
  const t = useWords('identify')
  const p = useWords('parts')
  const toast = useToasts()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const erase = async () => {
    setBusy(true)
    try {
      await client.leads.erase({ id: lead.id })
      toast.done(t('erased'))
      await navigate({ to: '/leads' as string })
      void again(api.leads.key())
    } catch (error) {
      setFailed(error)
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<b>{t('eraseTitle', { name })}</b>} closeButtonProps={{ 'aria-label': p('cancel') }}>
      <div className="stack">
        <p>{t('eraseText')}</p>
        <ErrorNote error={failed} />
        <div className="row">
          <Button variant="default" className="push" onClick={onClose}>
            {p('cancel')}
          </Button>
          <Button color="red" loading={busy} onClick={() => void erase()}>
            {t('erase')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
