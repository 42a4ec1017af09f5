import './office.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { DatabaseBackup, HardDriveDownload, TriangleAlert } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { BackupTable } from './BackupTable.tsx'
import { DailyCard } from './DailyCard.tsx'
import { HoldCard } from './HoldCard.tsx'
import type { Overview } from './overview.ts'
import { SetupCard } from './SetupCard.tsx'

const DAY = 86_400_000

/** Backups: made, looked at, set to happen daily; and what a restored installation holds back. */
export function BackupPage() {
  const t = useWords('office')
  const toast = useToasts()
  const overview = useQuery(api.backups.overview.queryOptions({ input: {} }))
  useLive('backup', () => void again(api.backups.overview.key()))
  const running = overview.data?.items.find((item) => item.status === 'running')
  const make = () =>
    client.backups.make({}).then(() => {
      toast.done(t('begun'))
      void again(api.backups.overview.key())
    }, toast.failed)
  return (
    <>
      <PageTop title={t('title')} crumb={t('settings')}>
        <Button leftSection={<HardDriveDownload size={15} />} onClick={make} disabled={running !== undefined}>
          {t('makeNow')}
        </Button>
      </PageTop>
      <Page narrow>
        <HoldCard />
        {overview.isPending && <Skeletons rows={6} />}
        <ErrorNote error={overview.error} retry={overview.refetch} />
        {overview.data && <LastCard overview={overview.data} running={running} />}
        {overview.data && (
          <Card title={t('list')} className="flush">
            {overview.data.items.length === 0 ? (
              <EmptyState icon={DatabaseBackup} title={t('emptyTitle')}>
                {t('emptyText')}
              </EmptyState>
            ) : (
              <BackupTable items={overview.data.items} />
            )}
          </Card>
        )}
        {overview.data && <DailyCard settings={overview.data.settings} folder={overview.data.folder} />}
        <Card title={t('restore')}>
          <p>{t('restoreText')}</p>
          <pre className="command">npm run cli -- restore hagukumi-….tar --replace --stops stops.log</pre>
          <p className="muted">{t('restoreKey')}</p>
        </Card>
        <SetupCard />
      </Page>
    </>
  )
}

function LastCard({ overview, running }: { overview: Overview; running: Overview['items'][number] | undefined }) {
  const t = useWords('office')
  const f = useFormats()
  const { lastAt, nextAt } = overview
  const days = lastAt ? Math.floor((Date.now() - Date.parse(lastAt)) / DAY) : null
  return (
    <Card>
      <div className="last-backup">
        <div>
          <div className="muted">{t('lastAt')}</div>
          <b className="last-at">{lastAt ? f.instant(lastAt) : t('never')}</b>
        </div>
        <div>
          <div className="muted">{t('nextAt')}</div>
          <b>{nextAt ? f.instant(nextAt) : t('off')}</b>
        </div>
      </div>
      {running && <ProgressBar label={t('making')} done={running.rows} total={Math.max(running.rowsEstimate, running.rows, 1)} />}
      {!running && (days === null || days >= 2) && (
        <div className="hint-warn office-gap">
          <TriangleAlert size={15} aria-hidden />
          {days === null ? t('neverHint') : t('old', { days })}
        </div>
      )}
    </Card>
  )
}
