import './consent.css'
import { Button, Select, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import { useState } from 'react'
import { STOP_REASONS } from '#loop/deliver/feedback/reasons/contract.ts'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'

type Ledger = Awaited<ReturnType<typeof client.privacy.consents>>

/** The whole ledger of a person, what it says now, and the proof of each mail. */
export function LedgerDrawer({ leadId, opened, onClose }: { leadId: string; opened: boolean; onClose: () => void }) {
  const t = useWords('trust')
  const { may } = useSession()
  const ledger = useQuery({ ...api.privacy.consents.queryOptions({ input: { id: leadId } }), enabled: opened })
  const found = ledger.data
  return (
    <SideDrawer opened={opened} onClose={onClose} title={t('ledger')} wide>
      <p className="muted">{t('ledgerText')}</p>
      <ErrorNote error={ledger.error} retry={ledger.refetch} />
      {ledger.isPending && <Skeletons rows={5} height={48} />}
      {found && (
        <div className="stack">
          <States ledger={found} />
          {may('leads.write') && <Record leadId={leadId} />}
          {found.entries.length === 0 && <EmptyState small icon={ScrollText} title={t('ledgerEmpty')} />}
          <Entries ledger={found} />
          <Proofs ledger={found} />
        </div>
      )}
    </SideDrawer>
  )
}

function usePurpose() {
  const t = useWords('trust')
  const topics = useQuery(api.mail.topics.queryOptions({ input: {} }))
  const f = useFormats()
  return (one: { purpose: string; topicId: string | null }) => {
    const word = t.has(`purpose.${one.purpose}` as never) ? t(`purpose.${one.purpose}` as never) : one.purpose
    const topic = one.topicId && topics.data?.items.find((item) => item.id === one.topicId)
    return topic ? `${word}「${topic[f.language]}」` : word
  }
}

function States({ ledger }: { ledger: Ledger }) {
  const t = useWords('trust')
  const f = useFormats()
  const purposeOf = usePurpose()
  if (!ledger.states.length && !ledger.waiting.length) return null
  return (
    <div className="consent-states">
      {ledger.states.map((one) => (
        <span key={one.purpose + (one.topicId ?? '')} className="row wrap">
          <Chip tone={one.given ? 'green' : 'red'}>{one.given ? t('agreed') : t('refused')}</Chip>
          <span>{purposeOf(one)}</span>
          <span className="muted">{one.until ? t('pausedUntil', { when: f.day(one.until) }) : f.day(one.at)}</span>
        </span>
      ))}
      {ledger.waiting.map((one) => (
        <span key={one.askedAt} className="row wrap">
          <Chip tone="amber">{one.held ? t('held') : t('waiting')}</Chip>
          <span className="muted">{f.instant(one.askedAt)}</span>
        </span>
      ))}
    </div>
  )
}

function Entries({ ledger }: { ledger: Ledger }) {
  const t = useWords('trust')
  const i = useWords('identify')
  const f = useFormats()
  const { language } = useLanguage()
  const purposeOf = usePurpose()
  const ground = (basis: string) =>
    t.has(`basis.${basis}` as never)
      ? t(`basis.${basis}` as never)
      : t.has(`stopWord.${basis}` as never)
        ? t(`stopWord.${basis}` as never)
        : null
  return (
    <ol className="consent-entries">
      {ledger.entries.map((one) => (
        <li key={one.id}>
          <span className="row wrap">
            <Chip tone={one.given ? 'green' : 'red'}>{one.given ? t('agreed') : t('refused')}</Chip>
            <b>{purposeOf(one)}</b>
            {ground(one.basis) && <span>{ground(one.basis)}</span>}
            <span className="muted push num">{f.instant(one.at)}</span>
          </span>
          <span className="muted">
            {i.has(`route.${one.route}` as never) ? i(`route.${one.route}` as never) : one.route} ・{' '}
            {one.actor === 'public' ? t('themselves') : one.actor}
            {one.textVersion && ` ・ ${one.textVersion.slice(-12)}`}
            {one.until && ` ・ ${t('pausedUntil', { when: f.day(one.until) })}`}
          </span>
          {one.text && (
            <q>{(one.basis === 'unsubscribe' && STOP_REASONS.find(({ value }) => value === one.text)?.[language]) || one.text}</q>
          )}
          {Object.keys(one.evidence).length > 0 && (
            <code className="consent-evidence">
              {Object.entries(one.evidence)
                .filter(([, value]) => value !== null && value !== '')
                .map(([key, value]) => `${t.has(`evidence.${key}` as never) ? t(`evidence.${key}` as never) : key}: ${String(value)}`)
                .join('  ')}
            </code>
          )}
        </li>
      ))}
    </ol>
  )
}

function Proofs({ ledger }: { ledger: Ledger }) {
  const t = useWords('trust')
  const f = useFormats()
  const entries = new Map(ledger.entries.map((one) => [one.id, one]))
  return (
    <section>
      <h3>{t('proofs')}</h3>
      <p className="muted">{t('proofsText')}</p>
      {ledger.proofs.length === 0 && <p className="muted">{t('proofEmpty')}</p>}
      <ul className="plain-list">
        {ledger.proofs.map((one) => {
          const entry = one.entry ? entries.get(one.entry) : undefined
          return (
            <li key={one.delivery}>
              <span className="row wrap">
                <b>{one.template}</b>
                <span className="muted push num">{f.instant(one.at)}</span>
              </span>
              <span className="muted">
                {entry
                  ? f.aside(t.has(`basis.${entry.basis}` as never) ? t(`basis.${entry.basis}` as never) : entry.basis, f.day(entry.at))
                  : one.purpose === 'transactional'
                    ? t('noProof')
                    : '—'}
                {one.shown && ` ・ ${String(one.shown['legalName'] ?? '')} ${String(one.shown['address'] ?? '')}`}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const RECORDABLE = ['phone', 'third_party', 'tracking_email'] as const

function Record({ leadId }: { leadId: string }) {
  const t = useWords('trust')
  const toast = useToasts()
  const [open, setOpen] = useState(false)
  const form = useProblemForm({ initialValues: { purpose: 'phone' as (typeof RECORDABLE)[number], given: 'no', text: '' } })
  const send = form.send(
    ({ purpose, given, text }) => client.privacy.record({ id: leadId, purpose, given: given === 'yes', text }),
    () => {
      toast.done(t('recorded'))
      form.reset()
      setOpen(false)
      void again(api.privacy.key(), api.leads.key())
    },
  )
  if (!open)
    return (
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        {t('record')}
      </Button>
    )
  return (
    <form className="stack consent-record" onSubmit={send} noValidate>
      <div className="row wrap">
        <Select
          label={t('what')}
          allowDeselect={false}
          data={RECORDABLE.map((value) => ({ value, label: t(`purpose.${value}`) }))}
          {...form.getInputProps('purpose')}
        />
        <Select
          label={t('answer')}
          allowDeselect={false}
          data={[
            { value: 'no', label: t('refused') },
            { value: 'yes', label: t('agreed') },
          ]}
          {...form.getInputProps('given')}
        />
      </div>
      <Textarea label={t('text')} description={t('recordHint')} autosize minRows={2} required {...form.getInputProps('text')} />
      <ErrorNote error={form.failed} />
      <Button type="submit" loading={form.busy}>
        {t('record')}
      </Button>
    </form>
  )
}
