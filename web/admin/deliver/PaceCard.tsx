import './sending.css'
import { ActionIcon, Button, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Gauge, Pencil, RotateCcw, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Pace = Awaited<ReturnType<typeof client.mailPaces.list>>['items'][number]
type Limits = {
  readonly domain: string
  readonly perMinute: number | null
  readonly connections: number | null
}
const NEW: Limits = { domain: '', perMinute: null, connections: null }
const PROVIDERS = ['google', 'microsoft', 'yahoo-japan', 'docomo', 'au', 'softbank'] as const

function useNames(): (receiver: string) => string {
  const t = useWords('receivers')
  return (receiver) => {
    const provider = PROVIDERS.find((name) => name === receiver)
    return provider ? t(`names.${provider}`) : receiver
  }
}

/** What receivers were found to bear, and what somebody has set instead. */
export function PaceCard() {
  const t = useWords('receivers')
  const { may } = useSession()
  const paces = useQuery(api.mailPaces.list.queryOptions({ input: {} }))
  const [open, setOpen] = useState<Limits | null>(null)
  const add = may('settings.write') && (
    <Button size="compact-sm" variant="default" onClick={() => setOpen(NEW)}>
      {t('add')}
    </Button>
  )
  return (
    <Card title={t('title')} aside={add}>
      <p className="muted mail-hint">{t('hint')}</p>
      <ErrorNote error={paces.error} retry={paces.refetch} />
      {paces.isPending && <Skeletons rows={2} />}
      {paces.data?.items.length === 0 && <EmptyState small icon={Gauge} title={t('none')} />}
      {paces.data?.items.map((pace) => (
        <PaceRow key={pace.receiver} pace={pace} edit={setOpen} />
      ))}
      {open && <LimitDrawer key={open.domain} limits={open} close={() => setOpen(null)} />}
    </Card>
  )
}

function PaceRow({ pace, edit }: { pace: Pace; edit: (limits: Limits) => void }) {
  const t = useWords('receivers')
  const name = useNames()(pace.receiver)
  const fixed = pace.why === 'fixed'
  const limits = [
    pace.perMinute !== null && t('perMinuteNow', { n: Math.round(pace.perMinute) }),
    pace.connections !== null && t('connectionsNow', { n: pace.connections }),
  ]
  return (
    <section className="pace-row">
      <div>
        <h3>{name}</h3>
        <p>
          <b className="num">{limits.filter(Boolean).join(' ・ ')}</b>
        </p>
        <p className="muted">
          <Ago at={pace.since} muted /> {t(`why.${pace.why}`, { by: pace.by ?? '' })}
        </p>
        {pace.step !== null && <p className="muted">{t('rises', { n: Math.round(pace.step) })}</p>}
        {fixed && pace.learnt && <p className="muted">{t('besides')}</p>}
        {pace.reply && <code className="pace-reply">{pace.reply}</code>}
      </div>
      <div className="pace-side">
        <Chip tone={fixed ? 'blue' : 'amber'}>{t(fixed ? 'kind.fixed' : 'kind.learnt')}</Chip>
        <PaceActs pace={pace} edit={edit} />
      </div>
    </section>
  )
}

function PaceActs({ pace, edit }: { pace: Pace; edit: (limits: Limits) => void }) {
  const t = useWords('receivers')
  const toast = useToasts()
  const { may } = useSession()
  const name = useNames()(pace.receiver)
  if (!may('settings.write')) return null
  const { receiver, perMinute, connections } = pace
  const put = (limits: { perMinute: number | null; connections: number | null }) =>
    client.mailPaces.set({ domain: receiver, ...limits }).then(() => again(api.mailPaces.key()))
  const free = () =>
    put({ perMinute: null, connections: null }).then(
      () => toast.undo(t('freed', { name }), () => put({ perMinute, connections })),
      toast.failed,
    )
  const forget = () =>
    client.mailPaces.forget({ receiver }).then(() => {
      void again(api.mailPaces.key())
      toast.done(t('forgotten', { name }))
    }, toast.failed)
  const fixed = pace.why === 'fixed'
  return (
    <div className="row">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('editOf', { name })}
        title={t('edit')}
        onClick={() => edit({ domain: receiver, perMinute: perMinute && Math.round(perMinute), connections })}
      >
        <Pencil size={15} />
      </ActionIcon>
      {fixed ? (
        <ActionIcon variant="subtle" color="gray" aria-label={t('freeOf', { name })} title={t('free')} onClick={free}>
          <Undo2 size={15} />
        </ActionIcon>
      ) : (
        <ActionIcon variant="subtle" color="gray" aria-label={t('forgetOf', { name })} title={t('forget')} onClick={forget}>
          <RotateCcw size={15} />
        </ActionIcon>
      )}
    </div>
  )
}

function LimitDrawer({ limits, close }: { limits: Limits; close: () => void }) {
  const t = useWords('receivers')
  const toast = useToasts()
  const nameOf = useNames()
  const p = useWords('parts')
  const form = useProblemForm<Limits>({
    initialValues: limits,
    validate: { domain: (domain) => (domain.trim() ? null : p('errors.needed')) },
  })
  const save = form.send(
    (values) => client.mailPaces.set(values),
    ({ receiver }) => {
      void again(api.mailPaces.key())
      toast.done(t('saved', { name: nameOf(receiver) }))
      close()
    },
  )
  const number = (field: 'perMinute' | 'connections', max: number) => (
    <NumberInput
      label={t(field)}
      placeholder={t('auto')}
      min={1}
      max={max}
      allowDecimal={false}
      value={form.values[field] ?? ''}
      error={form.errors[field]}
      onChange={(to) => form.setFieldValue(field, typeof to === 'number' ? to : null)}
    />
  )
  return (
    <FormDrawer
      opened
      onClose={close}
      title={t(limits.domain ? 'edit' : 'add')}
      verb={t('save')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={save}
    >
      <TextInput
        label={t('receiver')}
        description={limits.domain ? undefined : t('receiverHint')}
        placeholder="example.co.jp"
        autoComplete="off"
        disabled={limits.domain !== ''}
        required={limits.domain === ''}
        {...form.getInputProps('domain')}
        {...(limits.domain ? { value: nameOf(limits.domain) } : {})}
      />
      <div className="setting-pair">
        {number('perMinute', 100_000)}
        {number('connections', 50)}
      </div>
    </FormDrawer>
  )
}
