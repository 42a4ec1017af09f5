import { NativeSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { TRIAL_GOALS, TRIAL_KINDS, type Trial } from '#loop/deliver/newsletter/trial/contract.ts'
import { api } from '../api.ts'
import { useZoneHint } from '../parts/useZoneHint.ts'
import { instantOf, localOf } from '../parts/zone.ts'
import { useWords } from '../words/words.tsx'

const FIRST_TRIAL: Trial = { on: 'subject', subject: '', share: 20, minimum: 200, goal: 'click', hours: 24 }

/** Whether B says what it differs in. */
export function isWhole(trial: Trial | null): boolean {
  if (!trial) return true
  const needed = { subject: trial.subject, sender: trial.senderName, body: trial.templateId, time: trial.sendAt }[trial.on]
  return Boolean(needed?.trim())
}

/** What is tried against the newsletter as it stands. */
export function TrialFields({ value, onChange }: { value: Trial | null; onChange: (to: Trial | null) => void }) {
  const t = useWords('newsletters')
  return (
    <div className="stack">
      <Switch
        label={t('trial.on')}
        description={t('trial.text')}
        checked={value !== null}
        onChange={(e) => onChange(e.currentTarget.checked ? FIRST_TRIAL : null)}
      />
      {value && <Fields value={value} set={(to) => onChange({ ...value, ...to })} />}
    </div>
  )
}

function Fields({ value, set }: { value: Trial; set: (to: Partial<Trial>) => void }) {
  const t = useWords('newsletters')
  return (
    <>
      <div className="setting-pair">
        <NativeSelect
          label={t('trial.what')}
          value={value.on}
          onChange={(e) => set({ on: e.currentTarget.value as Trial['on'] })}
          data={TRIAL_KINDS.map((kind) => ({ value: kind, label: t(`trial.kind.${kind}`) }))}
        />
        <Other value={value} set={set} />
      </div>
      <div className="setting-pair">
        <NumberInput
          label={t('trial.share')}
          description={t('trial.shareText')}
          min={2}
          max={100}
          suffix=" %"
          value={value.share}
          onChange={(n) => set({ share: Number(n) || 20 })}
        />
        <NumberInput
          label={t('trial.minimum')}
          description={t('trial.minimumText')}
          min={10}
          value={value.minimum}
          onChange={(n) => set({ minimum: Number(n) || 200 })}
        />
      </div>
      <div className="setting-pair">
        <NativeSelect
          label={t('trial.goal')}
          value={value.goal}
          onChange={(e) => set({ goal: e.currentTarget.value as Trial['goal'] })}
          data={TRIAL_GOALS.map((goal) => ({ value: goal, label: t(`trial.goals.${goal}`) }))}
        />
        <NumberInput label={t('trial.hours')} min={1} max={168} value={value.hours} onChange={(n) => set({ hours: Number(n) || 24 })} />
      </div>
      {value.goal === 'open' && (
        <div className="hint-warn">
          <TriangleAlert size={15} aria-hidden />
          {t('trial.openWarning')}
        </div>
      )}
    </>
  )
}

function Other({ value, set }: { value: Trial; set: (to: Partial<Trial>) => void }) {
  const t = useWords('newsletters')
  const zoneHint = useZoneHint()
  const templates = useQuery({ ...api.templates.list.queryOptions({ input: { limit: 200 } }), enabled: value.on === 'body' })
  if (value.on === 'subject')
    return (
      <TextInput
        label={t('trial.b')}
        required
        maxLength={300}
        value={value.subject ?? ''}
        onChange={(e) => set({ subject: e.currentTarget.value })}
      />
    )
  if (value.on === 'sender')
    return (
      <TextInput
        label={t('trial.b')}
        required
        maxLength={100}
        value={value.senderName ?? ''}
        onChange={(e) => set({ senderName: e.currentTarget.value })}
      />
    )
  if (value.on === 'body')
    return (
      <Select
        label={t('trial.b')}
        required
        searchable
        data={(templates.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
        value={value.templateId ?? null}
        onChange={(templateId) => templateId && set({ templateId })}
      />
    )
  return (
    <TextInput
      type="datetime-local"
      label={t('trial.b')}
      description={zoneHint}
      required
      defaultValue={localOf(value.sendAt ?? null)}
      onChange={(e) => set({ sendAt: instantOf(e.currentTarget.value) ?? undefined })}
    />
  )
}
