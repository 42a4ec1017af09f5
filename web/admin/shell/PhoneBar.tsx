import { Link } from '@tanstack/react-router'
import { Menu } from 'lucide-react'
import { useWords } from '../words/words.tsx'
import { useNav } from './useNav.ts'

/** The phone's bar of five: the four most used pages and the menu. */
export function PhoneBar() {
  const t = useWords('shell')
  const { items } = useNav()
  return (
    <nav className="phone-bar" aria-label={t('phoneNav')}>
      {items
        .filter((i) => i.phone)
        .slice(0, 4)
        .map((i) => (
          <Link key={i.to} to={i.to}>
            <i.icon aria-hidden />
            {i.word === 'dashboard' ? t('home') : t(`nav.${i.word}`)}
          </Link>
        ))}
      <Link to="/menu">
        <Menu aria-hidden />
        {t('menu')}
      </Link>
    </nav>
  )
}
