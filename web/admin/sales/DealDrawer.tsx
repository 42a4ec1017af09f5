import { Button, Menu, Radio, Select, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, RotateCcw, Trash2, Trophy } from 'lucide-react'
import { useState } from 'react'
import { api, type client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer, SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { DealFields } from './DealFields.tsx'
import { DealStageChip } from './DealList.tsx'
import { DealPeople } from './DealPeople.tsx'
import type { DealDetail } from './rows.ts'
import { useDealActs } from './useDealActs.ts'

type Stages = Awaited<ReturnType<typeof client.deals.stages>>['items']
const REASONS = ['timing', 'budget', 'price', 'competitor', 'function', 'no_decision', 'no_contact', 'other'] as const

/** One deal: where it stands, what it is worth, who takes part, how it came here. */
export function DealDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const deal = useQuery({ ...api.deals.get.queryOptions({ input: { id: id ?? '' } }), enabled: id !== undefined })
  const stages = useQuery({ ...api.deals.stages.queryOptions({ input: {} }), staleTime: 300_000 })
  const [losing, setLosing] = useState(false)
  return (
    <>
      <SideDrawer opened={id !== undefined && !losing} onClose={onClose} title={deal.data?.name ?? '…'}>
        {deal.isPending && id !== undefined && <Skeletons rows={6} />}
        <ErrorNote error={deal.error} retry={deal.refetch} />
        {deal.data && <Inside deal={deal.data} stages={stages.data?.items ?? []} onLose={() => setLosing(true)} onClose={onClose} />}
      </SideDrawer>
      {deal.data && losing && <LoseDrawer deal={deal.data} onClose={() => setLosing(false)} />}
    </>
  )
}

function Inside({ deal, stages, onLose, onClose }: { deal: DealDetail; stages: Stages; onLose: () => void; onClose: () => void }) {
  const t = useWords('sales')
  const f = useFormats()
  const { may } = useSession()
  const writable = may('deals.write')
  return (
    <div className="stack">
      <div className="row wrap">
        <DealStageChip deal={deal} />
        {deal.lostReason && <Chip dot={false}>{t('lostBecause', { reason: t(`lostReason.${deal.lostReason}`) })}</Chip>}
        {deal.closedAt && <span className="muted">{t('closedAt', { when: f.day(deal.closedAt) })}</span>}
      </div>
      {deal.lostNote && <div className="muted">{deal.lostNote}</div>}
      {writable && <Acts deal={deal} stages={stages} onLose={onLose} onClose={onClose} />}
      <DealFields key={deal.id} deal={deal} writable={writable} />
      <h3 className="drawer-head">{t('contacts')}</h3>
      <DealPeople deal={deal} writable={writable} />
      <h3 className="drawer-head">{t('stageHistory')}</h3>
      <Steps deal={deal} stages={stages} />
    </div>
  )
}

function Acts({ deal, stages, onLose, onClose }: { deal: DealDetail; stages: Stages; onLose: () => void; onClose: () => void }) {
  const t = useWords('sales')
  const acts = useDealActs()
  const f = useFormats()
  const { language } = useLanguage()
  const labelOf = (key: string) => stages.find((stage) => stage.key === key)?.[language] ?? key
  if (deal.state !== 'open') {
    return (
      <div className="row">
        <Button variant="default" leftSection={<RotateCcw size={15} />} onClick={() => void acts.reopen(deal)}>
          {t('reopen')}
        </Button>
      </div>
    )
  }
  return (
    <>
      <Select
        label={t('moveTo')}
        allowDeselect={false}
        value={deal.stage}
        data={stages.map((stage) => ({ value: stage.key, label: f.aside(stage[language], `${stage.probability}%`) }))}
        onChange={(to) => to && to !== deal.stage && void acts.move(deal, to, labelOf(to))}
      />
      <div className="row">
        <Button leftSection={<Trophy size={15} />} onClick={() => void acts.win(deal)}>
          {t('win')}
        </Button>
        <Button variant="default" onClick={onLose}>
          {t('lose')}
        </Button>
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <Button variant="subtle" color="gray" className="push" rightSection={<ChevronDown size={14} />}>
              {t('more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="red" leftSection={<Trash2 size={15} />} onClick={() => void acts.remove(deal).then(onClose)}>
              {t('remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </>
  )
}

function Steps({ deal, stages }: { deal: DealDetail; stages: Stages }) {
  const t = useWords('sales')
  const f = useFormats()
  const { language } = useLanguage()
  const labelOf = (key: string) =>
    key === 'won' || key === 'lost' ? t(`dealState.${key}`) : (stages.find((stage) => stage.key === key)?.[language] ?? key)
  return (
    <ol className="steps">
      {deal.history.map((step) => (
        <li key={step.id}>
          <span>{step.from === null ? f.pair(t('began'), labelOf(step.to)) : `${labelOf(step.from)} → ${labelOf(step.to)}`}</span>
          <span className="muted">
            {f.instant(step.at)} {step.by}
          </span>
        </li>
      ))}
    </ol>
  )
}

/** A loss needs its reason: that is what segments and reports learn from. */
function LoseDrawer({ deal, onClose }: { deal: DealDetail; onClose: () => void }) {
  const t = useWords('sales')
  const acts = useDealActs()
  const form = useProblemForm<{ reason: (typeof REASONS)[number] | ''; note: string }>({
    initialValues: { reason: '', note: '' },
    validate: { reason: (reason) => (reason === '' ? t('chooseReason') : null) },
  })
  const send = form.send(async ({ reason, note }) => {
    if (reason) await acts.lose(deal, reason, note)
  }, onClose)
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('loseTitle', { name: deal.name })}
      verb={t('lose')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <Radio.Group label={t('lostReasonLabel')} required {...form.getInputProps('reason')}>
        <div className="reason-list">
          {REASONS.map((reason) => (
            <Radio key={reason} value={reason} label={t(`lostReason.${reason}`)} />
          ))}
        </div>
      </Radio.Group>
      <Textarea label={t('note')} autosize minRows={3} maxLength={2000} {...form.getInputProps('note')} />
    </FormDrawer>
  )
}
