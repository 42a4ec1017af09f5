import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useWords } from '../words/words.tsx'

export function DashboardPage() {
  const t = useWords('measure')
  return (
    <>
      <PageTop title={t('dashboard')} />
      <Page>{null}</Page>
    </>
  )
}
