import type { ReactNode } from 'react'

/** What scrolls sideways by itself, as a wide table on a phone does: by pointer and by keys. */
export function Scroller({ label, className = 'table-scroll', children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
