import './track.css'
import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import { ChipChoice, FilterBar } from '../parts/FilterChips.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { maybeText, oneOf, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { CountsTab } from './CountsTab.tsx'
import { GroupsTab } from './GroupsTab.tsx'
import { SitesTab } from './SitesTab.tsx'

const view = viewOf({
  tab: oneOf(['sites', 'groups', 'counts'], 'sites'),
  add: maybeText,
})

/** Sites with their tags, page groups, and what came in: three tabs of one page. */
export function TagPage() {
  const t = useWords('track')
  const { may } = useSession()
  const [{ tab, add }, setSearch] = useSearchOf(view)
  const adds = tab === 'sites' ? t('addSite') : tab === 'groups' ? t('addGroup') : null
  const adding = add === 'yes'
  const close = () => setSearch({ add: undefined })
  return (
    <>
      <PageTop title={t('sitesTitle')}>
        {adds && may('sites.write') && (
          <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
            {adds}
          </Button>
        )}
      </PageTop>
      <FilterBar>
        <ChipChoice
          label={t('tabs')}
          value={tab}
          options={[
            ['sites', t('tabSites')],
            ['groups', t('tabGroups')],
            ['counts', t('tabCounts')],
          ]}
          onChange={(to) => setSearch({ tab: to, add: undefined })}
        />
      </FilterBar>
      <Page narrow={tab !== 'counts'}>
        {tab === 'sites' && <SitesTab adding={adding} onClose={close} onAdd={() => setSearch({ add: 'yes' })} />}
        {tab === 'groups' && <GroupsTab adding={adding} onClose={close} onAdd={() => setSearch({ add: 'yes' })} />}
        {tab === 'counts' && <CountsTab />}
      </Page>
    </>
  )
}
