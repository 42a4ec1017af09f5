// biome-ignore-all lint/a11y/useSemanticElements: groups of links, not of fields
import { Link, useRouterState } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { NavItem } from '../nav.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { Account } from './Account.tsx'
import { LiveMark } from './LiveMark.tsx'
import { paletteKey } from './platform.ts'
import { useNav } from './useNav.ts'

/** One line of the navigation. */
export function NavLine({ item }: { item: NavItem }) {
  const t = useWords('shell')
  const Icon = item.icon
  return (
    <Link to={item.to} className="nav" activeOptions={{ exact: item.to === '/settings' }}>
      <Icon aria-hidden />
      {t(`nav.${item.word}`)}
    </Link>
  )
}

/** The navigation in its groups, for the sidebar and the phone's menu page. */
export function NavGroups({ all }: { all?: boolean }) {
  const t = useWords('shell')
  const { items } = useNav()
  const inOffice = useRouterState({ select: (state) => state.location.pathname.startsWith('/settings') })
  const of = (group: NavItem['group']) => items.filter((i) => i.group === group)
  // The office's pages unfold once one is in it; outside one line is enough.
  const office = all || inOffice ? of('office') : of('office').slice(0, 1)
  return (
    <>
      {of('top').map((i) => (
        <NavLine key={i.to} item={i} />
      ))}
      {(['nurture', 'acquire', 'sales'] as const).map((group) =>
        of(group).length === 0 ? null : (
          <div key={group} className="nav-group" role="group" aria-label={t(`group.${group}`)}>
            <div className="sec" aria-hidden>
              {t(`group.${group}`)}
            </div>
            {of(group).map((i) => (
              <NavLine key={i.to} item={i} />
            ))}
          </div>
        ),
      )}
      <div className="grow" />
      <div className="nav-group" role="group" aria-label={t('group.office')}>
        {office.length > 1 && (
          <div className="sec" aria-hidden>
            {t('group.office')}
          </div>
        )}
        {office.map((i) => (
          <NavLine key={i.to} item={i} />
        ))}
      </div>
    </>
  )
}

/** The left column: company, search, pages, account. */
export function Sidebar({ openPalette }: { openPalette: () => void }) {
  const t = useWords('shell')
  const { company } = useSession()
  const pages = useRef<HTMLDivElement>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  // Where one is stays in sight, also when its line is below the fold.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line of the page shown changes with its path
  useEffect(() => {
    void pages.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' })
  }, [path])
  return (
    <nav className="side" aria-label={t('mainNav')}>
      <div className="ws">
        <span className="logo" aria-hidden>
          H
        </span>
        <b className="clip" title={company?.name ?? t('product')}>
          {company?.name ?? t('product')}
        </b>
        <LiveMark />
      </div>
      <button type="button" className="kbtn" onClick={openPalette}>
        <Search size={15} aria-hidden />
        {t('search')}
        <kbd>{paletteKey}</kbd>
      </button>
      <div className="side-pages" ref={pages}>
        <NavGroups />
      </div>
      <Account />
    </nav>
  )
}
