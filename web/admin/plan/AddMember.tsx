import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { LeadPicker } from '../sales/LeadPicker.tsx'
import { useWords } from '../words/words.tsx'
import type { CampaignDetail } from './campaign.ts'

/** A lead takes part, with a status. */
export function AddMember({ opened, campaign, onClose }: { opened: boolean; campaign: CampaignDetail; onClose: () => void }) {
  const t = useWords('plan')
  const toast = useToasts()
  const [leadId, setLeadId] = useState<string | null>(null)
  const [status, setStatus] = useState(campaign.statuses[0] ?? '')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const send = async (event: React.FormEvent) => {
    event.preventDefault()
    if (!leadId) return
    setBusy(true)
    setFailed(null)
    try {
      await client.campaigns.join({ id: campaign.id, leadIds: [leadId], status })
      await again(api.campaigns.key())
      toast.done(t('addedTo', { name: campaign.name }))
      setLeadId(null)
      onClose()
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('addLead')}
      verb={t('addLead')}
      busy={busy}
      failed={failed}
      onSubmit={(e) => void send(e)}
    >
      <LeadPicker value={leadId} onChange={setLeadId} />
      <NativeSelect label={t('status')} value={status} data={campaign.statuses} onChange={(e) => setStatus(e.currentTarget.value)} />
    </FormDrawer>
  )
}
