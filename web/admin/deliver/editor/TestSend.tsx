import { Button, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { askedAs, type Reader, ReaderFields } from './ReaderFields.tsx'

/** Sends the draft as it stands to one address, as the one it was looked at for would read it. */
export function TestSend({
  draft,
  reader,
  onReader,
  opened,
  onClose,
}: {
  draft: Draft
  reader: Reader
  onReader: (reader: Reader) => void
  opened: boolean
  onClose: () => void
}) {
  const t = useWords('deliver')
  const toast = useToasts()
  const { user } = useSession()
  const [to, setTo] = useState(user?.email ?? '')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const [refused, setRefused] = useState('')
  const send = (e: React.FormEvent) => {
    e.preventDefault()
    setBusy(true)
    setFailed(null)
    setRefused('')
    client.mail
      .testSend({ draft, to, ...askedAs(reader) })
      .then((answer) => {
        if (!answer.ok) return setRefused(answer.reply)
        toast.done(t('testSent', { to }))
        onClose()
      }, setFailed)
      .finally(() => setBusy(false))
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<b>{t('testSend')}</b>} closeButtonProps={{ 'aria-label': t('back') }}>
      <form className="stack" onSubmit={send}>
        <TextInput
          label={t('testTo')}
          type="email"
          required
          value={to}
          onChange={(e) => setTo(e.currentTarget.value)}
          description={t('testHint')}
          data-autofocus
          error={refused ? t('testFailed', { reply: refused }) : undefined}
        />
        <ReaderFields draft={draft} reader={reader} onChange={onReader} labelled />
        <ErrorNote error={failed} />
        <div className="settings-foot">
          <Button type="submit" loading={busy}>
            {t('send')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
