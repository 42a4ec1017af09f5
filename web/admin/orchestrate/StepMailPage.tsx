import '../deliver/deliver.css'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { api } from '../api.ts'
import { MailReport } from '../deliver/report/MailReport.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useWords } from '../words/words.tsx'

/** What became of the mails of one step: the report a newsletter has. */
export function StepMailPage() {
  const { id, step } = useParams({ strict: false }) as { id: string; step: string }
  const w = useWords('scenarioPeople')
  const found = useQuery(api.scenarios.get.queryOptions({ input: { id } }))
  const detail = found.data as unknown as ScenarioDetail | undefined
  const named = detail && stepsOf(detail.draft.steps).find((one) => one.id === step)
  const title = named?.name || w('mailReport')
  return (
    <>
      <PageTop
        title={title}
        crumb={detail?.name ?? w('openScenario')}
        crumbTo={`/scenarios/${id}`}
        {...(named?.name ? { note: w('mailReport') } : {})}
      />
      <Page>
        <ErrorNote error={found.error} retry={found.refetch} />
        <MailReport of={{ id, step }} name={[detail?.name, named?.name].filter(Boolean).join(' ')} />
      </Page>
    </>
  )
}
