import { Button, Modal, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { BellRing, CalendarClock, ContactRound, type LucideIcon, Plus, Presentation } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { STARTERS } from '#loop/orchestrate/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useLanguage, useWords } from '../words/words.tsx'

type Starter = (typeof STARTERS)[number]
const ICONS: Readonly<Record<Starter, LucideIcon>> = {
  blank: Plus,
  hotLead: BellRing,
  exhibition: Presentation,
  card: ContactRound,
  stepMail: CalendarClock,
}
const ORDER: readonly Starter[] = ['hotLead', 'card', 'exhibition', 'stepMail', 'blank']

/** Templates first: a scenario begins from a starter, or blank. */
export function NewScenario({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords('orchestrate')
  const { language } = useLanguage()
  const navigate = useNavigate()
  const [starter, setStarter] = useState<Starter>('hotLead')
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const made = await client.scenarios.create({ name: name.trim() || t(`starters.${starter}.name`), starter, language })
      await again(api.scenarios.list.key(), api.templates.key())
      await navigate({ to: `/scenarios/${made.id}` as string })
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title={t('createTitle')} size={640} centered closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={(event) => void send(event)} className="stack">
        <div className="sc-starters" role="radiogroup" aria-label={t('createTitle')}>
          {ORDER.map((one) => (
            <StarterCard key={one} starter={one} checked={one === starter} onPick={() => setStarter(one)} />
          ))}
        </div>
        <TextInput
          label={t('name')}
          placeholder={t(`starters.${starter}.name`)}
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <ErrorNote error={failed} />
        <div className="drawer-foot">
          <Button variant="default" onClick={onClose}>
            {t('close')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('create')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function StarterCard({ starter, checked, onPick }: { starter: Starter; checked: boolean; onPick: () => void }) {
  const t = useWords('orchestrate')
  const Icon = ICONS[starter]
  return (
    <label className="sc-starter" data-checked={checked}>
      <input type="radio" className="sr-only" name="starter" checked={checked} onChange={onPick} />
      <span className="ic" data-hue={starter === 'blank' ? 'grey' : 'violet'}>
        <Icon size={17} aria-hidden />
      </span>
      <b>{t(`starters.${starter}.name`)}</b>
      <span className="muted">{t(`starters.${starter}.text`)}</span>
    </label>
  )
}
