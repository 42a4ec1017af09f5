import { Button, MultiSelect, NativeSelect, SegmentedControl, Select, Switch, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { Trial } from '#loop/deliver/newsletter/trial/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { ReasonList } from './ReasonList.tsx'
import { isWhole, TrialFields } from './TrialFields.tsx'

export interface Plan {
  readonly id?: string
  readonly name: string
  readonly templateId: string
  readonly include: string[]
  readonly exclude: string[]
  readonly topicId: string | null
  readonly onWeb?: boolean
  readonly test?: Trial | null
  readonly sender?: 'company' | 'owner' | null
  /** A second person has said yes to it as it is. */
  readonly approved?: boolean
}

/** Whom, what, go: three steps from a list to a mail. */
export function SendDrawer({
  opened,
  onClose,
  segment,
  draft,
}: {
  opened: boolean
  onClose: () => void
  segment?: string | undefined
  draft?: Plan
}) {
  const t = useWords('deliver')
  return (
    <SideDrawer opened={opened} onClose={onClose} title={t('newNewsletter')} wide>
      {opened && (
        <Steps
          onClose={onClose}
          first={draft ?? { name: '', templateId: '', include: segment ? [segment] : [], exclude: [], topicId: null }}
        />
      )}
    </SideDrawer>
  )
}

function useAudience(plan: Plan) {
  const [asked] = useDebouncedValue({ include: plan.include, exclude: plan.exclude, topicId: plan.topicId }, 200)
  return useQuery({
    queryKey: ['audience', asked],
    queryFn: () => client.newsletters.audience(asked),
    enabled: asked.include.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}

function Steps({ first, onClose }: { first: Plan; onClose: () => void }) {
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

type Part = { plan: Plan; set: (to: Partial<Plan>) => void }
type Crowd = ReturnType<typeof useAudience>

function Whom({ plan, set }: Part) {
  const t = useWords('deliver')
  const f = useFormats()
  const segments = useQuery(api.segments.list.queryOptions({ input: {} }))
  const topics = useQuery(api.mail.topics.queryOptions({ input: {} }))
  const data = (segments.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.name}（${f.number(Number(one.members ?? 0))}）` }))
  if (segments.data && data.length === 0)
    return (
      <div className="hint-warn">
        <TriangleAlert size={15} aria-hidden />
        {t('noSegments')} <Link to={'/segments' as string}>{t('makeSegment')}</Link>
      </div>
    )
  return (
    <>
      <ErrorNote error={segments.error} retry={segments.refetch} />
      <MultiSelect
        label={t('toSegments')}
        placeholder={plan.include.length ? '' : t('pickSegments')}
        searchable
        data={data}
        value={plan.include}
        onChange={(include) => set({ include })}
        data-autofocus
      />
      <MultiSelect
        label={t('notSegments')}
        placeholder={plan.exclude.length ? '' : t('pickSegments')}
        searchable
        clearable
        data={data.filter((one) => !plan.include.includes(one.value))}
        value={plan.exclude}
        onChange={(exclude) => set({ exclude })}
      />
      {topics.data && topics.data.items.length > 0 && (
        <NativeSelect
          label={t('topic')}
          description={t('topicHint')}
          value={plan.topicId ?? ''}
          onChange={(e) => set({ topicId: e.currentTarget.value || null })}
          data={[
            { value: '', label: t('topicNone') },
            ...topics.data.items.map((one) => ({ value: one.id, label: f.language === 'ja' ? one.ja : one.en })),
          ]}
        />
      )}
    </>
  )
}

function Reach({ crowd }: { crowd: Crowd }) {
  const t = useWords('deliver')
  const f = useFormats()
  if (crowd.error) return <ErrorNote error={crowd.error} retry={crowd.refetch} />
  if (!crowd.data) return null
  return (
    <div className="reach" aria-live="polite">
      <span className="muted">{t('reach')}</span>
      <b className="num">{t('people', { n: crowd.data.reachable })}</b>
      <span className="num">{t('reachOf', { people: crowd.data.people, reachable: crowd.data.reachable })}</span>
      {crowd.data.reasons.length > 0 && <ReasonList reasons={crowd.data.reasons} />}
      <span className="muted tiny">{crowd.isFetching ? '…' : f.time(new Date())}</span>
    </div>
  )
}

function What({ plan, set }: Part) {
  const t = useWords('deliver')
  const n = useWords('newsletters')
  const templates = useQuery(api.templates.list.queryOptions({ input: { limit: 200 } }))
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
      <TrialFields value={plan.test ?? null} onChange={(test) => set({ test })} />
      <Switch
        label={n('onWeb')}
        description={n('onWebText')}
        checked={plan.onWeb ?? false}
        onChange={(e) => set({ onWeb: e.currentTarget.checked })}
      />
      {plan.templateId && <TemplatePeek id={plan.templateId} />}
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

interface GoProps {
  plan: Plan
  isChanged: boolean
  crowd: Crowd
  onBack: () => void
  onDone: () => void
}

function Go({ plan, isChanged, crowd, onBack, onDone }: GoProps) {
  const t = useWords('deliver')
  const n = useWords('newsletters')
  const toast = useToasts()
  const navigate = useNavigate()
  const state = useQuery(api.mail.settings.queryOptions({ input: {} }))
  const [when, setWhen] = useState<'now' | 'later' | 'local'>('now')
  const [at, setAt] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const legal = (state.data?.legalMissing.length ?? 1) === 0
  const sender = Boolean(state.data?.senderAddress)
  const people = crowd.data?.people ?? 0
  const rules = useQuery(api.newsletters.rules.queryOptions({ input: {} }))
  const asks = rules.data?.approval === true && (isChanged || !plan.approved)
  const finish = (made: string, said: string) => {
    toast.done(said)
    void again(api.newsletters.key())
    onDone()
    void navigate({ to: `/newsletters/${made}` as string })
  }
  const send = async () => {
    setBusy(true)
    setFailed(null)
    try {
      const { id, approved, ...edit } = plan
      const made = id && !isChanged ? { id } : id ? await client.newsletters.update({ id, ...edit }) : await client.newsletters.create(edit)
      if (asks) {
        await client.newsletters.askApproval({ id: made.id })
        return finish(made.id, n('approval.needed'))
      }
      await client.newsletters.start({
        id: made.id,
        confirmed: people,
        ...(when === 'later' ? { sendAt: new Date(at).toISOString() } : {}),
        ...(when === 'local' ? { localAt: at } : {}),
      })
      finish(made.id, when !== 'now' ? t('scheduledDone') : t('started'))
    } catch (error) {
      setFailed(error)
      void crowd.refetch()
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Reach crowd={crowd} />
      <ul className="check-list">
        <Check ok={legal} name={t('checkLegal')} bad={t('legalMissing')} to="/settings" link={t('openCompany')} />
        <Check
          ok={sender}
          name={t('checkSender')}
          good={state.data?.senderAddress}
          bad={t('senderMissing')}
          to="/settings/mail"
          link={t('openMail')}
        />
        <Check ok name={t('checkStop')} good={t('checkStopText')} />
      </ul>
      <SegmentedControl
        fullWidth
        value={when}
        onChange={(to) => setWhen(to as 'now')}
        data={[
          { value: 'now', label: t('sendNow') },
          { value: 'later', label: t('sendLater') },
          ...(plan.test ? [] : [{ value: 'local', label: n('sendLocal') }]),
        ]}
      />
      {when !== 'now' && (
        <TextInput
          type="datetime-local"
          label={t('when')}
          description={when === 'local' ? n('localText') : undefined}
          value={at}
          onChange={(e) => setAt(e.currentTarget.value)}
          required
        />
      )}
      <ErrorNote error={failed} />
      <div className="drawer-foot">
        <Button variant="default" onClick={onBack}>
          {t('back')}
        </Button>
        <Button onClick={send} loading={busy} disabled={!legal || !sender || people === 0 || (when !== 'now' && !at)}>
          {asks
            ? n('approval.ask')
            : when !== 'now'
              ? t('scheduleFor', { n: crowd.data?.reachable ?? 0 })
              : t('sendTo', { n: crowd.data?.reachable ?? 0 })}
        </Button>
      </div>
    </>
  )
}

function Check({
  ok,
  name,
  good,
  bad,
  to,
  link,
}: {
  ok: boolean
  name: string
  good?: string | undefined
  bad?: string
  to?: string
  link?: string
}) {
  const t = useWords('deliver')
  return (
    <li>
      {ok ? <CircleCheck size={18} color="var(--green)" aria-hidden /> : <TriangleAlert size={18} color="var(--amber)" aria-hidden />}
      <div>
        <b>{name}</b>
        <div className="muted">{ok ? (good ?? t('ok')) : bad}</div>
        {!ok && to && <Link to={to}>{link}</Link>}
      </div>
    </li>
  )
}
