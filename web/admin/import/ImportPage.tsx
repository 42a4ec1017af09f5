import './import.css'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { Detail } from './detail.ts'
import { STATE_TONE } from './ImportsPage.tsx'
import { Plan } from './Plan.tsx'
import { Result } from './Result.tsx'

/** One import: first the plan, tried as often as one likes, then how far it is, then what was not taken. */
export function ImportPage() {
  const t = useWords('imports')
  const { id } = useParams({ strict: false }) as { id: string }
  const run = useQuery(api.imports.get.queryOptions({ input: { id } }))
  useLive('imports', () => void again(api.imports.get.key(), api.imports.rows.key()))
  const found = run.data
  const planned = found?.status === 'uploaded' || found?.status === 'checked'
  return (
    <>
      <PageTop
        title={found?.name ?? t('imports')}
        crumb={t('imports')}
        crumbTo="/imports"
        note={found && <Chip tone={STATE_TONE[found.status]}>{t(`status.${found.status}`)}</Chip>}
      />
      <Page>
        {run.isPending && <Skeletons rows={8} height={44} />}
        <ErrorNote error={run.error} retry={run.refetch} />
        {found && planned && <Plan key={found.status} first={found} />}
        {found?.status === 'checking' && <Checking run={found} />}
        {found && !planned && found.status !== 'checking' && <Result run={found} />}
      </Page>
    </>
  )
}

/** The trial run on its way. */
function Checking({ run }: { run: Detail }) {
  const t = useWords('imports')
  const toast = useToasts()
  const { may } = useSession()
  const cancel = () => void client.imports.cancel({ id: run.id }).then(() => again(api.imports.key()), toast.failed)
  return (
    <Card>
      <ProgressBar
        label={t('checking')}
        done={run.rowsDone}
        total={Math.max(run.rowsEstimate, run.rowsDone)}
        perSecond={run.perSecond ?? undefined}
        remaining={run.secondsLeft ?? undefined}
        onCancel={may('imports.write') ? cancel : undefined}
      />
      <p className="muted">{t('checkNote')}</p>
    </Card>
  )
}
