import { Button, NativeSelect, Select, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useWords } from '../words/words.tsx'
import { RehearseModal } from './RehearseModal.tsx'
import { Go } from './SendGo.tsx'
import { Reach, Whom } from './SendWhom.tsx'
import { type Plan, type PlanPart, useAudience } from './sendPlan.ts'
import { isWhole, TrialFields } from './TrialFields.tsx'

const SENDERS = ['usual', 'company', 'owner'] as const

/** Whom, what, go: three steps from a list to a mail. */
export function SendDrawer({
  opened,
  onClose,
  segment,
  draft,
  at,
}: {
  opened: boolean
  onClose: () => void
  segment?: string | undefined
  draft?: Plan
  /** The hour it is planned for, `YYYY-MM-DDTHH:MM`. */
  at?: string | undefined
}) {
  const t = useWords('deliver')
  return (
    <SideDrawer opened={opened} onClose={onClose} title={t('newNewsletter')} wide>
      {opened && (
        <Steps
          onClose={onClose}
          at={at}
          first={draft ?? { name: '', templateId: '', include: segment ? [segment] : [], exclude: [], topicId: null }}
        />
      )}
    </SideDrawer>
  )
}

function Steps({ first, at, onClose }: { first: Plan; at?: string | undefined; onClose: () => void }) {
  const t = useWords('deliver')
  const [step, setStep] = useState<1 | 2 | 3>(1)
  const [plan, setPlan] = useState(first)
  const set = (to: Partial<Plan>) => setPlan((now) => ({ ...now, ...to }))
  const crowd = useAudience(plan)
  const ready =
    step === 1
      ? plan.include.length > 0 && (crowd.data?.people ?? 0) > 0
      : plan.templateId !== '' && plan.name.trim() !== '' && isWhole(plan.test ?? null)
  return (
    <div className="drawer-form">
      <div className="stack">
        <ol className="steps">
          {([1, 2, 3] as const).map((n) => (
            <li key={n} className={n === step ? 'on' : n < step ? 'done' : ''} aria-current={n === step ? 'step' : undefined}>
              <span className="n">{n}</span>
              {t(`step${n}`)}
            </li>
          ))}
        </ol>
        {step === 1 && <Whom plan={plan} set={set} />}
        {step === 1 && plan.include.length > 0 && <Reach crowd={crowd} />}
        {step === 2 && <What plan={plan} set={set} />}
        {step === 3 && (
          <Go
            plan={plan}
            isChanged={JSON.stringify(plan) !== JSON.stringify(first)}
            crowd={crowd}
            at={at}
            onBack={() => setStep(2)}
            onDone={onClose}
          />
        )}
      </div>
      {step < 3 && (
        <div className="drawer-foot">
          {step === 2 && (
            <Button variant="default" onClick={() => setStep(1)}>
              {t('back')}
            </Button>
          )}
          <Button disabled={!ready} onClick={() => setStep(step === 1 ? 2 : 3)}>
            {t('next')}
          </Button>
        </div>
      )}
    </div>
  )
}

const senderOf = (value: string): 'company' | 'owner' | null => (value === 'company' || value === 'owner' ? value : null)

function What({ plan, set }: PlanPart) {
  const t = useWords('deliver')
  const n = useWords('newsletters')
  const c = useWords('calendar')
  const templates = useQuery(api.templates.list.queryOptions({ input: { limit: 200 } }))
  const [testing, setTesting] = useState(false)
  const pick = (templateId: string | null) => {
    const one = templates.data?.items.find((item) => item.id === templateId)
    if (one) set({ templateId: one.id, ...(plan.name.trim() ? {} : { name: one.name }) })
  }
  return (
    <>
      <ErrorNote error={templates.error} retry={templates.refetch} />
      <Select
        label={t('template')}
        placeholder={t('pickTemplate')}
        searchable
        data={(templates.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
        value={plan.templateId || null}
        onChange={pick}
        data-autofocus
      />
      <TextInput label={t('newsletterName')} maxLength={120} value={plan.name} onChange={(e) => set({ name: e.currentTarget.value })} />
      <NativeSelect
        label={c('sender')}
        description={c('senderText')}
        data={SENDERS.map((value) => ({ value, label: c(`senders.${value}`) }))}
        value={plan.sender ?? 'usual'}
        onChange={(e) => set({ sender: senderOf(e.currentTarget.value) })}
      />
      <TrialFields value={plan.test ?? null} onChange={(test) => set({ test })} />
      <Switch
        label={n('onWeb')}
        description={n('onWebText')}
        checked={plan.onWeb ?? false}
        onChange={(e) => set({ onWeb: e.currentTarget.checked })}
      />
      {plan.templateId && (
        <Button variant="default" leftSection={<Send size={14} />} className="rehearse-open" onClick={() => setTesting(true)}>
          {c('rehearse.open')}
        </Button>
      )}
      {plan.templateId && <TemplatePeek id={plan.templateId} />}
      {plan.templateId && (
        <RehearseModal
          opened={testing}
          templateId={plan.templateId}
          sender={plan.sender ?? null}
          test={isWhole(plan.test ?? null) ? (plan.test ?? null) : null}
          onClose={() => setTesting(false)}
        />
      )}
    </>
  )
}

function TemplatePeek({ id }: { id: string }) {
  const t = useWords('deliver')
  const template = useQuery(api.templates.get.queryOptions({ input: { id } }))
  const shown = useQuery({
    queryKey: ['peek', id, template.data?.version],
    queryFn: () => client.templates.preview({ draft: template.data?.draft as never }),
    enabled: template.data !== undefined,
  })
  if (!shown.data) return <ErrorNote error={shown.error ?? template.error} />
  return (
    <div className="preview desktop">
      <div className="preview-subject">
        <b>{shown.data.subject}</b>
      </div>
      <iframe title={t('preview')} style={{ height: 380 }} sandbox="" srcDoc={shown.data.html} />
    </div>
  )
}
