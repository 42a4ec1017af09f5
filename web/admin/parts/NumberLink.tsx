import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/**
 * A number that opens the list behind it. `<NumberLink to="/leads" search={{ segment: id }}>{f.number(n)}</NumberLink>`
 * or, where a drawer opens, `<NumberLink onClick={…}>`.
 */
export function NumberLink({
  to,
  params,
  search,
  onClick,
  label,
  children,
}: {
  to?: string
  params?: Record<string, string>
  search?: Record<string, unknown>
  onClick?: () => void
  label?: string
  children: ReactNode
}) {
  if (onClick)
    return (
      <button type="button" className="number-link num" aria-label={label} onClick={onClick}>
        {children}
      </button>
    )
  return (
    <Link className="number-link num" to={to ?? '.'} params={params ?? {}} search={search ?? {}} aria-label={label}>
      {children}
    </Link>
  )
}
