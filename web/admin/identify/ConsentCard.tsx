import { Button, Select, Textarea } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Card, Pairs } from '../parts/Page.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Lead } from './lead.ts'

const LedgerDrawer = lazy(() => import('../consent/LedgerDrawer.tsx').then((m) => ({ default: m.LedgerDrawer })))

/** On what ground mail may go to somebody, whether it is stopped, and the ledger that proves it. */
export function ConsentCard({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  const { language } = useLanguage()
  const { may } = useSession()
  const toast = useToasts()
  const [open, setOpen] = useState(false)
  const [ledger, setLedger] = useState(false)
  const word = (list: readonly { value: string; ja: string; en: string }[], value: string) =>
    list.find((one) => one.value === value)?.[language] ?? value
  const stop = () =>
    client.leads.stop({ id: lead.id }).then(() => again(api.leads.key()).then(() => toast.done(t('stopped'))), toast.failed)
  return (
    <Card
      title={t('consentCard')}
      aside={<Chip tone={lead.sendable ? 'green' : 'grey'}>{lead.sendable ? t('canSend') : t('cannotSend')}</Chip>}
    >
      <Pairs
        items={[
          [t('basis'), word(vocabulary.bases, lead.mailBasis)],
          [t('stop'), word(vocabulary.stops, lead.mailStop)],
        ]}
      />
      {lead.consents.length > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => setLedger(true)}>
          {t('ledger')}（{lead.consents.length}）
        </Button>
      )}
      {may('leads.write') && lead.identified && (
        <div className="row wrap consent-acts">
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t('recordBasis')}
          </Button>
          {lead.mail && lead.mailStop === 'none' && (
            <Button size="xs" variant="subtle" color="red" onClick={() => void stop()}>
              {t('stopMail')}
            </Button>
          )}
        </div>
      )}
      <BasisDrawer lead={lead} opened={open} onClose={() => setOpen(false)} />
      {ledger && (
        <Suspense>
          <LedgerDrawer leadId={lead.id} opened onClose={() => setLedger(false)} />
        </Suspense>
      )}
    </Card>
  )
}

function BasisDrawer({ lead, opened, onClose }: { lead: Lead; opened: boolean; onClose: () => void }) {
  const t = useWords('identify')
  const { language } = useLanguage()
  const toast = useToasts()
  const form = useProblemForm({ initialValues: { basis: 'card', text: '' } })
  const send = form.send(
    ({ basis, text }) =>
      client.leads.basis({
        id: lead.id,
        basis: basis === 'relation' || basis === 'published' || basis === 'consent' ? basis : 'card',
        text,
      }),
    () => {
      toast.done(t('saved'))
      form.reset()
      onClose()
      void again(api.leads.key())
    },
  )
  return (
    <FormDrawer opened={opened} onClose={onClose} title={t('recordBasis')} busy={form.busy} failed={form.failed} onSubmit={send}>
      <Select
        label={t('basis')}
        allowDeselect={false}
        data={vocabulary.bases.filter((one) => one.value !== 'none').map((one) => ({ value: one.value, label: one[language] }))}
        {...form.getInputProps('basis')}
      />
      <Textarea label={t('basisText')} description={t('basisHint')} autosize minRows={3} required {...form.getInputProps('text')} />
      <p className="muted">{t('basisStays')}</p>
    </FormDrawer>
  )
}
