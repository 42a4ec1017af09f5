import './node.css'
import './orchestrate.css'
import './palette.css'
import './panels.css'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import { api } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { ScenarioFrame } from './ScenarioFrame.tsx'

/** One scenario: its editor, and what happens in it now. */
export function ScenarioPage() {
  const t = useWords('orchestrate')
  const { id } = useParams({ strict: false }) as { id: string }
  // The editor begins with what the server has now: with what a visit before left here it could not be saved any more.
  const asked = {
    ...api.scenarios.get.queryOptions({ input: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always' as const,
  }
  const found = useQuery(asked)
  if (found.data && found.isFetchedAfterMount) return <ScenarioFrame key={id} detail={found.data as unknown as ScenarioDetail} />
  return (
    <>
      <PageTop crumb={t('crumb')} crumbTo="/scenarios" title={t('title')} />
      <div className="page">
        {found.error ? <ErrorNote error={found.error} retry={found.refetch} /> : <Skeletons rows={6} height={72} />}
      </div>
    </>
  )
}
