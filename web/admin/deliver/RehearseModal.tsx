import './deliver.css'
import { Alert, Button, Modal, MultiSelect, TagsInput } from '@mantine/core'
import { useState } from 'react'
import type { Trial } from '#loop/deliver/newsletter/trial/contract.ts'
import { again, api, client } from '../api.ts'
import { useColleagues } from '../identify/useColleagues.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { spoken } from '../problem.ts'
import { LeadPicker } from '../sales/LeadPicker.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** A newsletter to colleagues and named addresses, as one lead would read it; marked as a test and counted nowhere. */
export function RehearseModal({
  opened,
  templateId,
  sender,
  test = null,
  onClose,
}: {
  opened: boolean
  templateId: string
  sender: 'company' | 'owner' | null
  /** Both ways are sent where two are tried. */
  test?: Trial | null
  onClose: () => void
}) {
  const t = useWords('calendar')
  const d = useWords('deliver')
  const toast = useToasts()
  const { user } = useSession()
  const { active } = useColleagues()
  const [colleagues, setColleagues] = useState<string[]>(user ? [user.id] : [])
  const [addresses, setAddresses] = useState<string[]>([])
  const [lead, setLead] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const [refused, setRefused] = useState<{ to: string; reply: string }[]>([])
  const send = (e: React.FormEvent) => {
    e.preventDefault()
    // The drawer behind this is a form, too.
    e.stopPropagation()
    setBusy(true)
    setFailed(null)
    setRefused([])
    client.newsletters
      .rehearse({ templateId, colleagues, addresses, sender, test, ...(lead ? { personId: lead } : {}) })
      .then(({ items }) => {
        const bad = items.filter(({ ok }) => !ok)
        const sent = items.length - bad.length
        if (sent) toast.done(t('rehearse.sent', { n: sent }))
        void again(api.lines.key())
        if (bad.length) setRefused(bad)
        else onClose()
      }, setFailed)
      .finally(() => setBusy(false))
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<b>{t('rehearse.title')}</b>} closeButtonProps={{ 'aria-label': d('back') }}>
      <form className="stack" onSubmit={send}>
        <p className="muted mail-hint">{t(test && test.on !== 'time' ? 'rehearse.both' : 'rehearse.text')}</p>
        <MultiSelect
          label={t('rehearse.colleagues')}
          searchable
          maxValues={20}
          data={active.map((one) => ({ value: one.id, label: one.name }))}
          value={colleagues}
          onChange={setColleagues}
        />
        <TagsInput
          label={t('rehearse.addresses')}
          description={t('rehearse.addressesHint')}
          maxTags={10}
          acceptValueOnBlur
          value={addresses}
          onChange={setAddresses}
          data-autofocus
        />
        <LeadPicker label={t('rehearse.as')} required={false} placeholder={t('rehearse.sample')} value={lead} onChange={setLead} />
        <ErrorNote error={failed} />
        {refused.length > 0 && (
          <Alert color="red" title={t('rehearse.failed')}>
            <ul className="rehearse-failed">
              {refused.map((one) => (
                <li key={one.to}>
                  <b>{one.to}</b> {spoken(one.reply)}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        <div className="settings-foot">
          <Button type="submit" loading={busy} disabled={colleagues.length + addresses.length === 0}>
            {t('rehearse.send')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
