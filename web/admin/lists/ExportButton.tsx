import { Button } from '@mantine/core'
import { Download } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { ExportProps } from './ExportDrawer.tsx'

const ExportDrawer = lazy(() => import('./ExportDrawer.tsx').then((m) => ({ default: m.ExportDrawer })))

/** The list before you as a file: `<ExportButton source="deals" title={t('title')} filter={{ state: 'open' }} />`. */
export function ExportButton(props: ExportProps) {
  const l = useWords('lists')
  const { may } = useSession()
  const [opened, setOpened] = useState(false)
  if (!may('leads.export')) return null
  return (
    <>
      <Button variant="default" leftSection={<Download size={15} />} className="hide-s" onClick={() => setOpened(true)}>
        {l('export')}
      </Button>
      <Suspense>{opened && <ExportDrawer {...props} onClose={() => setOpened(false)} />}</Suspense>
    </>
  )
}
