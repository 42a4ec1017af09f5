import { PageTop } from '../parts/PageTop.tsx'
import { useWords } from '../words/words.tsx'
import { Account } from './Account.tsx'
import { NavGroups } from './Sidebar.tsx'

/** Everything that is in the sidebar, for a phone. */
export function MenuPage() {
  const t = useWords('shell')
  return (
    <>
      <PageTop title={t('menu')} />
      <div className="page menu-page">
        <NavGroups all />
        <Account />
      </div>
    </>
  )
}
