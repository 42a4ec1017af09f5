import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useZoneHint } from '../parts/useZoneHint.ts'
import { instantOf } from '../parts/zone.ts'
import { useWords } from '../words/words.tsx'
import { CharsetCheck } from './editor/CharsetCheck.tsx'
import { LinkCheck } from './editor/LinkCheck.tsx'
import { Reach } from './SendWhom.tsx'
import type { Crowd, Plan } from './sendPlan.ts'

interface GoProps {
  plan: Plan
  isChanged: boolean
  crowd: Crowd
  /** The hour it is planned for. */
  at?: string | undefined
  onBack: () => void
  onDone: () => void
}

/** The last look, the hour, and off it goes. */
export function Go({ plan, isChanged, crowd, at: planned, onBack, onDone }: GoProps) {
  const t = useWords('deliver')
  const n = useWords('newsletters')
  const toast = useToasts()
  const zoneHint = useZoneHint()
  const navigate = useNavigate()
  const state = useQuery(api.mail.settings.queryOptions({ input: {} }))
  const [when, setWhen] = useState<'now' | 'later' | 'local'>(planned ? 'later' : 'now')
  const [at, setAt] = useState(planned ?? '')
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
        ...(when === 'later' ? { sendAt: instantOf(at) ?? '' } : {}),
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
      <Words plan={plan} />
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
          description={when === 'local' ? n('localText') : zoneHint}
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

/** What its words would meet on their way: the charset for these very readers, and links that lead nowhere. */
function Words({ plan }: { plan: Plan }) {
  const template = useQuery(api.templates.get.queryOptions({ input: { id: plan.templateId } }))
  if (!template.data) return null
  const draft = template.data.draft as Draft
  return (
    <>
      <CharsetCheck draft={draft} audience={{ include: plan.include, exclude: plan.exclude }} />
      <LinkCheck draft={draft} />
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
