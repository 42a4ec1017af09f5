import './runs.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, Workflow } from 'lucide-react'
import type { RunDetail } from '#loop/orchestrate/contract.ts'
import { api } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { useBecause } from './useBecause.ts'

/** A person's scenarios: where they stand, and every step they took with its reason. For the page of a person. */
export function ScenariosCard({ leadId }: { leadId: string }) {
  const t = useWords('orchestrate')
  return (
    <Card title={t('title')}>
      <Runs person={leadId} />
    </Card>
  )
}

function Runs({ person }: { person: string }) {
  const w = useWords('scenarioPeople')
  const runs = useQuery(api.scenarios.runs.queryOptions({ input: { person } }))
  if (runs.isPending) return <Skeletons rows={3} height={52} />
  if (runs.error) return <ErrorNote error={runs.error} retry={runs.refetch} />
  if (!runs.data.items.length) return <EmptyState small icon={Workflow} title={w('noRuns')} />
  return runs.data.items.map((run) => <OneRun key={run.id} run={run} />)
}

function OneRun({ run }: { run: RunDetail }) {
  const t = useWords('orchestrate')
  const w = useWords('scenarioPeople')
  const say = useBecause()
  const f = useFormats()
  const name = (step: { name: string; kind: string }) => step.name || (step.kind === 'end' ? t('end') : t(`kinds.${step.kind as 'mail'}`))
  return (
    <details className="sc-run">
      <summary>
        <ChevronRight size={14} aria-hidden />
        <b>{run.scenario}</b>
        <Chip tone={run.how === 'goal' ? 'green' : run.how ? 'grey' : 'blue'}>{run.how ? t(`how.${run.how}`) : t('live.waiting')}</Chip>
        <span className="muted">
          {run.step
            ? [
                run.stepName || t(`kinds.${(run.stepKind ?? 'wait') as 'wait'}`),
                run.dueAt && w('because.waitsUntil', { when: f.instant(run.dueAt) }),
              ]
                .filter(Boolean)
                .join('・')
            : f.instant(run.endedAt ?? run.enteredAt)}
        </span>
      </summary>
      <ol>
        <li>
          <span className="muted num nowrap">{f.instant(run.enteredAt)}</span> {w('because.entered')}
        </li>
        {run.steps.map((step) => (
          <li key={`${step.step}${step.leftAt}`}>
            <span className="muted num nowrap">{f.instant(step.leftAt)}</span> <b>{name(step)}</b>{' '}
            <span className="muted">{say.because(step.because)}</span>
          </li>
        ))}
      </ol>
      <Link to={`/scenarios/${run.scenarioId}` as string}>{w('openScenario')}</Link>
    </details>
  )
}
