// What the actions of sales, campaigns and other scenarios are set to.
import { Anchor, Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useWords } from '../../words/words.tsx'
import { useChannels } from '../useChannels.ts'
import { RefSelect, WordSelect } from './picks.tsx'
import type { FieldsProps, Of } from './props.ts'

type NoticeWay = Of<'notify'>['by']
type NoticeTo = Of<'notify'>['to']
type OwnerRule = Of<'owner'>['rule']
const CHATS = ['slack', 'teams', 'chatwork'] as const satisfies readonly NoticeWay[]
const ROLES = ['owner', 'marketer', 'sales'] as const

/** A word to sales: as a signal, by mail, or into a chat that has a notice channel. */
export function NotifyFields({ step, onChange }: FieldsProps<'notify'>) {
  const t = useWords('orchestrate')
  const channels = useChannels()
  const chats = CHATS.filter((way) => step.by === way || channels.some((one) => one.kind === way))
  const ways: NoticeWay[] = ['signal', 'mail', ...chats]
  return (
    <>
      <WordSelect
        label={t('notify.by')}
        data={ways.map((value) => ({ value, label: t(`notify.ways.${value}`) }))}
        value={step.by}
        onChange={(by) => onChange({ ...step, by, channel: channels.find((one) => one.kind === by)?.value ?? '' })}
      />
      {step.by === 'mail' && <NoticeToFields to={step.to} onChange={(to) => onChange({ ...step, to })} />}
      {step.by !== 'mail' && step.by !== 'signal' && (
        <RefSelect
          label={t('notify.channel')}
          data={channels.filter((one) => one.kind === step.by)}
          value={step.channel}
          onChange={(channel) => onChange({ ...step, channel })}
        />
      )}
      <Textarea
        label={t('notify.text')}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={step.text}
        onChange={(event) => onChange({ ...step, text: event.currentTarget.value })}
      />
      {step.by === 'signal' && (
        <Checkbox
          label={t('notify.urgent')}
          checked={step.urgent}
          onChange={(event) => onChange({ ...step, urgent: event.currentTarget.checked })}
        />
      )}
    </>
  )
}

function NoticeToFields({ to, onChange }: { to: NoticeTo; onChange: (to: NoticeTo) => void }) {
  const t = useWords('orchestrate')
  const access = useWords('access')
  const put = (kind: NoticeTo['kind']) =>
    onChange(kind === 'role' ? { kind, role: 'sales' } : kind === 'address' ? { kind, address: '' } : { kind })
  return (
    <>
      <WordSelect
        label={t('notify.to')}
        data={(['owner', 'role', 'address'] as const).map((value) => ({ value, label: t(`notify.tos.${value}`) }))}
        value={to.kind}
        onChange={put}
      />
      {to.kind === 'role' && (
        <WordSelect
          label={t('notify.role')}
          data={ROLES.map((value) => ({ value, label: access(`roles.${value}`) }))}
          value={to.role}
          onChange={(role) => onChange({ kind: 'role', role })}
        />
      )}
      {to.kind === 'address' && (
        <TextInput
          type="email"
          label={t('notify.address')}
          value={to.address}
          maxLength={320}
          onChange={(event) => onChange({ kind: 'address', address: event.currentTarget.value })}
        />
      )}
    </>
  )
}

/** Who is to look after the lead from here on. */
export function OwnerFields({ step, names, onChange }: FieldsProps<'owner'>) {
  const t = useWords('orchestrate')
  const { rule } = step
  const put = (to: OwnerRule) => onChange({ ...step, rule: to })
  const kinds = (['rules', 'roundRobin', 'user', 'none'] as const).filter(
    (kind) => kind !== 'roundRobin' || rule.kind === kind || names.groups.length > 0,
  )
  const blank = (kind: OwnerRule['kind']): OwnerRule =>
    kind === 'roundRobin' ? { kind, group: names.groups[0]?.value ?? '' } : kind === 'user' ? { kind, user: '' } : { kind }
  return (
    <>
      <WordSelect
        label={t('owner.how')}
        data={kinds.map((value) => ({ value, label: t(`owner.${value}`) }))}
        value={rule.kind}
        onChange={(kind) => put(blank(kind))}
      />
      {rule.kind === 'roundRobin' && (
        <RefSelect
          label={t('owner.group')}
          data={names.groups}
          value={rule.group}
          onChange={(group) => put({ kind: 'roundRobin', group })}
        />
      )}
      {rule.kind === 'user' && (
        <RefSelect label={t('owner.user')} data={names.colleagues} value={rule.user} onChange={(user) => put({ kind: 'user', user })} />
      )}
      {rule.kind === 'rules' && (
        <Anchor component={Link} to="/settings/assignment" size="xs">
          {t('owner.open')}
        </Anchor>
      )}
      <Checkbox
        label={t('owner.replace')}
        checked={step.replace}
        onChange={(event) => onChange({ ...step, replace: event.currentTarget.checked })}
      />
    </>
  )
}

/** A status of a campaign, one of those it has. */
export function CampaignFields({ step, names, onChange }: FieldsProps<'campaign'>) {
  const t = useWords('orchestrate')
  const statuses = names.campaigns.find((one) => one.value === step.campaign)?.statuses ?? []
  return (
    <>
      <RefSelect
        label={t('campaign.label')}
        data={names.campaigns}
        value={step.campaign}
        onChange={(campaign) =>
          onChange({ ...step, campaign, status: names.campaigns.find((one) => one.value === campaign)?.statuses[0] ?? '' })
        }
      />
      <Select
        label={t('campaign.status')}
        data={[...new Set([...statuses, ...(step.status ? [step.status] : [])])]}
        value={step.status || null}
        placeholder={t('pick.none')}
        onChange={(status) => onChange({ ...step, status: status ?? '' })}
      />
    </>
  )
}

/** Nothing to set: which mail it is, and how often at most, is the house's. */
export function ConsentFields() {
  const t = useWords('orchestrate')
  return <p className="muted">{t('consentText')}</p>
}

/** Starts another scenario, or takes people out of it. */
export function ScenarioFields({ step, names, onChange }: FieldsProps<'scenario'>) {
  const t = useWords('orchestrate')
  const { id } = useParams({ strict: false }) as { id: string }
  return (
    <>
      <WordSelect
        label={t('scenario.do')}
        data={(['start', 'stop'] as const).map((value) => ({ value, label: t(`scenario.${value}`) }))}
        value={step.do}
        onChange={(to) => onChange({ ...step, do: to })}
      />
      <RefSelect
        label={t('scenario.which')}
        data={names.scenarios.filter((one) => one.value !== id)}
        value={step.scenario}
        onChange={(scenario) => onChange({ ...step, scenario })}
      />
      {step.do === 'start' && <p className="muted">{t('scenario.startText')}</p>}
    </>
  )
}
