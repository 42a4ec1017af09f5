import './knowing.css'
import { Tabs } from '@mantine/core'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useWords } from '../words/words.tsx'
import { analysisView } from './analysis.ts'
import { CrossTab } from './CrossTab.tsx'
import { SpreadTab } from './SpreadTab.tsx'
import { StagesTab } from './StagesTab.tsx'

/** Cross tables, movements between stages, and how interest is spread. */
export function AnalysisPage() {
  const t = useWords('knowing')
  const [{ tab }, setSearch] = useSearchOf(analysisView)
  return (
    <>
      <PageTop title={t('analysis')} />
      <div className="tab-bar">
        <Tabs value={tab} onChange={(to) => setSearch({ tab: to as typeof tab })}>
          <Tabs.List>
            <Tabs.Tab value="cross">{t('tabCross')}</Tabs.Tab>
            <Tabs.Tab value="stages">{t('tabStages')}</Tabs.Tab>
            <Tabs.Tab value="spread">{t('tabSpread')}</Tabs.Tab>
          </Tabs.List>
        </Tabs>
      </div>
      <Page>
        {tab === 'cross' && <CrossTab />}
        {tab === 'stages' && <StagesTab />}
        {tab === 'spread' && <SpreadTab />}
      </Page>
    </>
  )
}
