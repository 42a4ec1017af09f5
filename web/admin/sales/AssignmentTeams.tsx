import { ActionIcon, Button, MultiSelect, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { Plus, Trash2 } from 'lucide-react'
import type { AssignmentGroup, AssignmentPlan } from '#loop/sales/assignment/contract.ts'
import { Card } from '../parts/Page.tsx'
import { dayOf } from '../parts/zone.ts'
import { useWords } from '../words/words.tsx'
import { freshId } from './AssignmentRules.tsx'
import { useColleagues } from './owners.ts'

interface Props {
  readonly plan: AssignmentPlan
  readonly onChange: (to: Partial<AssignmentPlan>) => void
  readonly readOnly: boolean
}

/** Teams that take turns by weight, and days on which somebody takes none. */
export function AssignmentTeams({ plan, onChange, readOnly }: Props) {
  const t = useWords('assignment')
  const { active, nameOf } = useColleagues()
  const set = (id: string, change: Partial<AssignmentGroup>) =>
    onChange({ groups: plan.groups.map((one) => (one.id === id ? { ...one, ...change } : one)) })
  const add = () => onChange({ groups: [...plan.groups, { id: freshId(), name: t('newGroup'), members: [] }] })
  const used = (id: string) => plan.rules.some((rule) => rule.target.kind === 'group' && rule.target.groupId === id)
  return (
    <>
      <Card
        title={t('groups')}
        aside={
          !readOnly && (
            <Button size="xs" variant="default" leftSection={<Plus size={14} />} onClick={add}>
              {t('addGroup')}
            </Button>
          )
        }
      >
        <p className="muted">{t('groupsText')}</p>
        {plan.groups.map((group) => (
          <div key={group.id} className="assign-team">
            <div className="row">
              <TextInput
                className="grow"
                size="xs"
                aria-label={t('groupName')}
                value={group.name}
                disabled={readOnly}
                onChange={(event) => set(group.id, { name: event.currentTarget.value })}
              />
              {!readOnly && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  disabled={used(group.id)}
                  aria-label={t('removeGroup', { name: group.name })}
                  onClick={() => onChange({ groups: plan.groups.filter((one) => one.id !== group.id) })}
                >
                  <Trash2 size={14} />
                </ActionIcon>
              )}
            </div>
            <MultiSelect
              size="xs"
              label={t('members')}
              disabled={readOnly}
              searchable
              data={active.map((one) => ({ value: one.id, label: one.name }))}
              value={group.members.map((one) => one.userId)}
              onChange={(ids) =>
                set(group.id, {
                  members: ids.map((userId) => group.members.find((one) => one.userId === userId) ?? { userId, weight: 1 }),
                })
              }
            />
            <div className="row wrap">
              {group.members.map((member) => (
                <NumberInput
                  key={member.userId}
                  size="xs"
                  w={150}
                  min={1}
                  max={100}
                  allowDecimal={false}
                  disabled={readOnly}
                  label={t('weight', { name: nameOf(member.userId) ?? '…' })}
                  value={member.weight}
                  onChange={(weight) =>
                    set(group.id, {
                      members: group.members.map((one) => (one === member ? { ...one, weight: Math.max(1, Number(weight) || 1) } : one)),
                    })
                  }
                />
              ))}
            </div>
          </div>
        ))}
      </Card>
      <Absences plan={plan} onChange={onChange} readOnly={readOnly} />
    </>
  )
}

function Absences({ plan, onChange, readOnly }: Props) {
  const t = useWords('assignment')
  const { active } = useColleagues()
  const today = dayOf(new Date())
  const first = active[0]
  const set = (index: number, change: Partial<AssignmentPlan['absences'][number]>) =>
    onChange({ absences: plan.absences.map((one, at) => (at === index ? { ...one, ...change } : one)) })
  return (
    <Card
      title={t('absences')}
      aside={
        !readOnly &&
        first && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Plus size={14} />}
            onClick={() => onChange({ absences: [...plan.absences, { userId: first.id, from: today, to: today }] })}
          >
            {t('addAbsence')}
          </Button>
        )
      }
    >
      <p className="muted">{t('absencesText')}</p>
      {plan.absences.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an absence has no other name than its place
        <div key={index} className="row wrap assign-absence">
          <NativeSelect
            size="xs"
            aria-label={t('someone')}
            disabled={readOnly}
            value={one.userId}
            data={active.map((user) => ({ value: user.id, label: user.name }))}
            onChange={(event) => set(index, { userId: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            type="date"
            aria-label={t('from')}
            disabled={readOnly}
            value={one.from}
            onChange={(event) => set(index, { from: event.currentTarget.value })}
          />
          <span className="muted">{t('from')}</span>
          <TextInput
            size="xs"
            type="date"
            aria-label={t('to')}
            disabled={readOnly}
            value={one.to}
            onChange={(event) => set(index, { to: event.currentTarget.value })}
          />
          <span className="muted">{t('to')}</span>
          {!readOnly && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeAbsence')}
              onClick={() => onChange({ absences: plan.absences.filter((other) => other !== one) })}
            >
              <Trash2 size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
    </Card>
  )
}
