import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useWords } from '../words/words.tsx'

/** A full-page notice with icon, title, text and actions: 404, no permission, broken. */
export function Notice({
  icon: Icon,
  title,
  children,
  actions,
}: {
  icon: LucideIcon
  title: string
  children: ReactNode
  actions?: ReactNode
}) {
  const t = useWords('shell')
  useEffect(() => {
    document.title = `${title} | ${t('product')}`
  }, [title, t])
  return (
    <div className="notice">
      <span className="tile" aria-hidden>
        <Icon size={28} />
      </span>
      <h1>{title}</h1>
      <div className="muted">{children}</div>
      <div className="row wrap center">{actions}</div>
    </div>
  )
}
