// The people behind a number, each with why they are there, and what can be done about it.
import './people.css'
import { ActionIcon, Button, Checkbox, Menu } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { CornerDownRight, Ellipsis, FastForward, LogOut, RotateCcw, Users } from 'lucide-react'
import { useState } from 'react'
import type { ScenarioPerson } from '#loop/orchestrate/contract.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { api, paged } from '../../api.ts'
import { Ago } from '../../parts/Ago.tsx'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import type { Sentences } from '../useSentences.ts'
import { PersonName } from './PersonName.tsx'
import { useHoldText } from './useHoldText.ts'
import { type PeopleActs, type SomeRun, usePeopleActs } from './usePeopleActs.ts'

/** Which people are asked for: those who stand at a step, or who took one of its ways. */
export interface Asked {
  readonly step: string
  readonly way?: string
}

export interface PeopleProps {
  readonly id: string
  readonly asked: Asked
  /** All steps, to say where somebody could be moved. */
  readonly steps: readonly Step[]
  readonly say: Sentences
  readonly canEdit: boolean
}

const runOf = (one: ScenarioPerson): SomeRun => ({ person: one.personId, run: one.runId })

export function People({ id, asked, steps, say, canEdit }: PeopleProps) {
  const t = useWords('scenarioPeople')
  const p = useWords('parts')
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set())
  const acts = usePeopleActs(id, () => setChecked(new Set()))
  const list = useInfiniteQuery(
    paged(api.scenarios.people, { id, step: asked.step, limit: 50, ...(asked.way === undefined ? {} : { way: asked.way }) }),
  )
  if (list.isPending) return <Skeletons rows={8} height={52} />
  if (list.error) return <ErrorNote error={list.error} retry={list.refetch} />
  const people = list.data.pages.flatMap((page) => page.items)
  if (!people.length) return <EmptyState small icon={Users} title={t('nobody')} />
  // Who is on the way can be moved; of who left a step, only what did not come off can be tried again.
  const able = canEdit ? people.filter((one) => one.step !== null || canRetry(one)) : []
  const chosen = able.filter((one) => checked.has(one.runId))
  const toggle = (run: string) => setChecked((now) => new Set(now.has(run) ? [...now].filter((one) => one !== run) : [...now, run]))
  const offers = { acts, steps, say, asked }
  return (
    <div>
      {able.length > 0 && (
        <div className="sc-people-head">
          <Checkbox
            size="xs"
            label={chosen.length ? t('acts.chosen', { n: chosen.length }) : t('acts.all')}
            checked={chosen.length === able.length}
            indeterminate={chosen.length > 0 && chosen.length < able.length}
            onChange={() => setChecked(new Set(chosen.length === able.length ? [] : able.map((one) => one.runId)))}
          />
          {chosen.length > 0 && <ActsMenu {...offers} people={chosen} wide />}
        </div>
      )}
      {people.map((person) => (
        <div className="sc-person" key={person.runId}>
          {able.length > 0 && (
            <Checkbox
              size="xs"
              aria-label={person.name || t('acts.choose')}
              disabled={!able.includes(person)}
              checked={checked.has(person.runId)}
              onChange={() => toggle(person.runId)}
            />
          )}
          <PersonLine person={person} asked={asked} steps={steps} say={say} />
          {able.includes(person) && <ActsMenu {...offers} people={[person]} />}
        </div>
      ))}
      {list.hasNextPage && (
        <Button variant="default" size="xs" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </div>
  )
}

/** What holds somebody up by a fault or a limit is told apart from what the scenario wants. */
const TONES: Readonly<Record<NonNullable<ScenarioPerson['hold']>['kind'], Tone | null>> = {
  parked: 'red',
  paused: 'amber',
  capped: 'amber',
  quiet: 'amber',
  unreachable: 'red',
  mailFault: 'red',
  queued: null,
  callFault: 'red',
  leftOut: 'amber',
  moving: null,
  wait: null,
  event: null,
  task: null,
}
const RETRIES = ['parked', 'unreachable', 'mailFault', 'callFault', 'leftOut']
const canRetry = (one: ScenarioPerson): boolean => one.hold !== null && RETRIES.includes(one.hold.kind)

function PersonLine({ person, asked, steps, say }: { person: ScenarioPerson; asked: Asked; steps: readonly Step[]; say: Sentences }) {
  const t = useWords('scenarioPeople')
  const holdText = useHoldText(steps, say)
  const tone = person.hold ? TONES[person.hold.kind] : null
  return (
    <>
      <span>
        <span className="row">
          <PersonName person={person} />
          {person.hold && tone && <Chip tone={tone}>{t(`holdChips.${person.hold.kind as 'capped'}`)}</Chip>}
        </span>
        <span className="muted">
          {person.hold ? holdText(person.hold) : person.because ? say.because(person.because) : t('because.entered')}
          {asked.step === 'start' && person.step !== null && `・${say.listed(steps.find((one) => one.id === person.step) ?? UNKNOWN)}`}
        </span>
      </span>
      <span className="muted nowrap" style={{ flex: 'none' }}>
        <Ago at={person.at} />
      </span>
    </>
  )
}

const UNKNOWN: Step = { kind: 'end', id: '', name: '…' }

function ActsMenu({
  people,
  steps,
  say,
  asked,
  acts,
  wide,
}: {
  people: readonly ScenarioPerson[]
  steps: readonly Step[]
  say: Sentences
  asked: Asked
  acts: PeopleActs
  wide?: boolean
}) {
  const t = useWords('scenarioPeople')
  const o = useWords('orchestrate')
  const [moving, setMoving] = useState(false)
  const going = people.filter((one) => one.step !== null)
  const waiting = going.filter((one) => one.hold === null || ['wait', 'event', 'task'].includes(one.hold.kind))
  const faulty = people.filter(canRetry)
  const retryStep = faulty[0]?.hold?.step ?? (asked.way === undefined ? undefined : asked.step)
  return (
    <Menu position="bottom-end" closeOnItemClick={!moving} onChange={(opened) => opened || setMoving(false)}>
      <Menu.Target>
        {wide ? (
          <Button size="compact-sm" variant="default">
            {t('acts.open')}
          </Button>
        ) : (
          <ActionIcon variant="subtle" color="gray" aria-label={t('acts.open')} style={{ flex: 'none' }}>
            <Ellipsis size={16} />
          </ActionIcon>
        )}
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflow: 'auto' }}>
        {moving ? (
          <>
            <Menu.Label>{t('acts.moveTo')}</Menu.Label>
            {steps.map((step) => (
              <Menu.Item
                key={step.id}
                closeMenuOnClick
                disabled={going.every((one) => one.step === step.id)}
                onClick={() => void acts.move(going.map(runOf), step.id, say.listed(step))}
              >
                {say.listed(step)}
              </Menu.Item>
            ))}
            <Menu.Item closeMenuOnClick onClick={() => void acts.move(going.map(runOf), null, o('end'))}>
              {o('end')}
            </Menu.Item>
          </>
        ) : (
          <>
            {waiting.length > 0 && (
              <Menu.Item leftSection={<FastForward size={14} />} onClick={() => void acts.hurry(waiting.map(runOf))}>
                {t('acts.hurry')}
              </Menu.Item>
            )}
            {faulty.length > 0 && (
              <Menu.Item leftSection={<RotateCcw size={14} />} onClick={() => void acts.retry(faulty.map(runOf), retryStep)}>
                {t('acts.retry')}
              </Menu.Item>
            )}
            {going.length > 0 && (
              <>
                <Menu.Item leftSection={<CornerDownRight size={14} />} closeMenuOnClick={false} onClick={() => setMoving(true)}>
                  {t('acts.move')}
                </Menu.Item>
                <Menu.Item color="red" leftSection={<LogOut size={14} />} onClick={() => void acts.remove(going.map(runOf))}>
                  {t('endRun')}
                </Menu.Item>
              </>
            )}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
