// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of div rows; a table cannot be placed by transform
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, its rows are walked with j and k
import { Checkbox } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import type { CSSProperties, MouseEvent } from 'react'
import { useWords } from '../words/words.tsx'
import { type Column, type DataGridProps, toggled } from './grid.ts'

/** A grey row of the right height while the next page loads. */
export const SkeletonRow = ({ style }: { style: CSSProperties }) => (
  <div className="grid-row wait" role="row" style={style} aria-hidden>
    <span />
    <span>
      <i />
    </span>
  </div>
)

interface Props<Row> {
  grid: DataGridProps<Row>
  row: Row
  index: number
  current: boolean
  phone: boolean
  style: CSSProperties
  onPoint: () => void
}

/** One row: cells in the tracks of the grid, or two lines on a phone. */
export function GridRow<Row>({ grid, row, index, current, phone, style, onPoint }: Props<Row>) {
  const t = useWords('parts')
  const router = useRouter()
  const key = grid.rowKey(row)
  const selected = grid.selected?.has(key) ?? false
  const opens = grid.href !== undefined || grid.onOpen !== undefined
  const open = (e: MouseEvent) => {
    onPoint()
    // Clicks on something that acts itself (checkbox, link, button) are its own.
    if (e.target instanceof Element && e.target.closest('a,button,input,label')) return
    const to = grid.href?.(row)
    if (!to) return grid.onOpen?.(row)
    if (e.metaKey || e.ctrlKey) window.open(to, '_blank')
    else router.history.push(to)
  }
  const classes = ['grid-row', 'it', phone && 'two-line', selected && 'sel', current && 'cur', opens && 'opens'].filter(Boolean).join(' ')
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself hears Enter for the row its cursor is on
    <div role="row" aria-rowindex={index + 2} aria-selected={selected} className={classes} style={style} onClick={open}>
      {phone ? (
        <TwoLines columns={grid.columns} row={row} href={grid.href?.(row)} />
      ) : (
        <>
          <span className="grid-check" {...(grid.onSelect ? { role: 'gridcell' } : { 'aria-hidden': true })}>
            {grid.onSelect && (
              <Checkbox
                size="xs"
                tabIndex={-1}
                aria-label={t('selectRow', { name: grid.rowName?.(row) ?? key })}
                checked={selected}
                onChange={() => grid.onSelect?.(toggled(grid.selected, key))}
              />
            )}
          </span>
          {grid.columns.map((c, i) => (
            <span role="gridcell" key={c.key} className={c.align}>
              {i === 0 && grid.href ? <RowLink href={grid.href(row)}>{c.cell(row)}</RowLink> : c.cell(row)}
            </span>
          ))}
        </>
      )}
    </div>
  )
}

/** A real link, so a middle click opens a tab; the app navigates on a plain click. */
function RowLink({ href, children }: { href: string; children: React.ReactNode }) {
  const router = useRouter()
  return (
    <a
      href={href}
      tabIndex={-1}
      className="row-link"
      onClick={(e) => {
        if (e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return
        e.preventDefault()
        router.history.push(href)
      }}
    >
      {children}
    </a>
  )
}

function TwoLines<Row>({ columns, row, href }: { columns: readonly Column<Row>[]; row: Row; href: string | undefined }) {
  const of = (place: Column<Row>['phone']) =>
    columns
      .filter((c) => c.phone === place)
      .map((c) => (
        <span key={c.key} className="clip">
          {c.cell(row)}
        </span>
      ))
  const titles = columns.some((c) => c.phone === 'title')
    ? of('title')
    : columns.slice(0, 1).map((c) => (
        <span key={c.key} className="clip">
          {c.cell(row)}
        </span>
      ))
  return (
    <>
      <span role="gridcell" className="two-line-text">
        <span className="clip">{href ? <RowLink href={href}>{titles}</RowLink> : titles}</span>
        <span className="clip muted two-line-sub">{of('sub')}</span>
      </span>
      <span role="gridcell" className="two-line-side">
        {of('side')}
      </span>
    </>
  )
}
