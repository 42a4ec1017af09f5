import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useWords } from '../words/words.tsx'

/**
 * The bar at the head of a page; also sets the browser's title. At most two actions, one of them primary.
 * `<PageTop crumb="リード" crumbTo="/leads" title={name}><Button>…</Button></PageTop>`
 */
export function PageTop({
  title,
  crumb,
  crumbTo,
  note,
  children,
}: {
  title: string
  crumb?: string
  crumbTo?: string
  note?: ReactNode
  children?: ReactNode
}) {
  const t = useWords('shell')
  useEffect(() => {
    document.title = `${title} | ${t('product')}`
  }, [title, t])
  return (
    <header className="top">
      {crumb && <span className="crumb hide-s">{crumbTo ? <Link to={crumbTo}>{crumb}</Link> : crumb} /</span>}
      <h1 className="clip" title={title}>
        {title}
      </h1>
      {note && <span className="muted hide-s">{note}</span>}
      <div className="actions">{children}</div>
    </header>
  )
}
