// A call that sales is asked for, and the ways its results lead to. Results and their ways change together.
import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core'
import { Plus, Sparkles, X } from 'lucide-react'
import type { Assignee } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../../words/words.tsx'
import { freeKey, KEYS, waysOf } from '../blanks.ts'
import type { Names } from '../useNames.ts'
import { RefSelect, WordSelect } from './picks.tsx'
import type { FieldsProps, Of } from './props.ts'
import { AmountFields } from './WaitFields.tsx'

const withResults = (step: Of<'task'>, results: Of<'task'>['results']): Of<'task'> => ({
  ...step,
  results,
  branches: results.length ? waysOf([...results.map((one) => one.key), 'timedOut'], step.branches) : [],
})

/** A call for sales with its script; with results, each has a way of its own. */
export function TaskFields({ step, names, onChange }: FieldsProps<'task'>) {
  const t = useWords('orchestrate')
  const put = (results: Of<'task'>['results']) => onChange(withResults(step, results))
  const free = freeKey(step.results)
  return (
    <>
      <TextInput
        label={t('task.title')}
        value={step.title}
        maxLength={200}
        onChange={(event) => onChange({ ...step, title: event.currentTarget.value })}
      />
      <Textarea
        label={t('task.script')}
        description={t('task.scriptText')}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={5_000}
        value={step.script}
        onChange={(event) => onChange({ ...step, script: event.currentTarget.value })}
      />
      <AssigneeFields assignee={step.assignee} names={names} onChange={(assignee) => onChange({ ...step, assignee })} />
      <h3 className="sc-part">{t('task.results')}</h3>
      <p className="muted">{t('task.resultsText')}</p>
      {step.results.map((one, i) => (
        <div className="row" key={one.key}>
          <TextInput
            className="grow"
            aria-label={t('task.result', { n: i + 1 })}
            placeholder={t('task.result', { n: i + 1 })}
            value={one.name}
            maxLength={80}
            onChange={(event) => put(step.results.map((old, at) => (at === i ? { ...old, name: event.currentTarget.value } : old)))}
          />
          <ActionIcon variant="subtle" color="gray" aria-label={t('remove')} onClick={() => put(step.results.filter((_, at) => at !== i))}>
            <X size={14} />
          </ActionIcon>
        </div>
      ))}
      <div className="row">
        {free && (
          <Button
            variant="default"
            size="xs"
            leftSection={<Plus size={13} />}
            onClick={() => put([...step.results, { key: free, name: '' }])}
          >
            {t('task.addResult')}
          </Button>
        )}
        {step.results.length === 0 && (
          <Button variant="default" size="xs" leftSection={<Sparkles size={13} />} onClick={() => put(usualResults(t))}>
            {t('task.usual')}
          </Button>
        )}
      </div>
      <AmountFields
        label={step.results.length ? t('task.within') : t('task.due')}
        amount={step.within.amount}
        unit={step.within.unit}
        onChange={(within) => onChange({ ...step, within })}
      />
    </>
  )
}

const usualResults = (t: ReturnType<typeof useWords<'orchestrate'>>): Of<'task'>['results'] =>
  (['interested', 'later', 'notReached'] as const).map((word, i) => ({ key: KEYS[i] ?? 'a', name: t(`task.usuals.${word}`) }))

function AssigneeFields({ assignee, names, onChange }: { assignee: Assignee; names: Names; onChange: (to: Assignee) => void }) {
  const t = useWords('orchestrate')
  return (
    <>
      <WordSelect
        label={t('task.assignee')}
        data={(['owner', 'user', 'none'] as const).map((value) => ({ value, label: t(`task.assignees.${value}`) }))}
        value={assignee.kind}
        onChange={(kind) => onChange(kind === 'user' ? { kind, user: '' } : { kind })}
      />
      {assignee.kind === 'user' && (
        <RefSelect
          label={t('owner.user')}
          data={names.colleagues}
          value={assignee.user}
          onChange={(user) => onChange({ kind: 'user', user })}
        />
      )}
    </>
  )
}
