import type { ReactNode } from 'react'

/** The scrolling body under PageTop. `narrow` for forms and settings (880 px). Lists use <DataGrid> instead. */
export function Page({ children, narrow }: { children: ReactNode; narrow?: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="page" tabIndex={0}>
      <div className={narrow ? 'stack narrow' : 'stack'}>{children}</div>
    </div>
  )
}

/** A white card with a heading row. `aside` stands right in the heading: a hint, a link, a switch. */
export function Card({
  title,
  aside,
  children,
  className,
}: {
  title?: ReactNode
  aside?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={className ? `card ${className}` : 'card'}>
      {(title || aside) && (
        <div className="card-head">
          {title && <h2>{title}</h2>}
          {aside && <div className="push muted">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  )
}

/** Name–value pairs: `<Pairs items={[[t('phone'), lead.phone], …]}/>`; empty values show a dash. */
export function Pairs({ items }: { items: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className="pairs">
      {items.map(([name, value], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list
        <div key={i}>
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === '' ? <span className="muted">—</span> : value}</dd>
        </div>
      ))}
    </dl>
  )
}
