// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid of div rows; a table cannot be placed by transform
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, its rows are walked with j and k
import { Checkbox } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useRouter } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useWords } from '../words/words.tsx'
import { ErrorNote } from './ErrorNote.tsx'
import { GridFoot } from './GridFoot.tsx'
import { GridRow, SkeletonRow } from './GridRow.tsx'
import { type DataGridProps, toggled, withRange } from './grid.ts'
import { Skeletons } from './Skeletons.tsx'

/**
 * A list of any length: virtual rows, keyset paging, j/k x Enter, sticky head, two-line rows on a phone, and its states
 * (skeleton, error, empty). Stands directly under PageTop and FilterBar and fills the page.
 *
 *   const list = useInfiniteQuery(paged(api.deals.list, { stage }))
 *   <DataGrid label={t('title')} query={list} rowKey={(d) => d.id} href={(d) => `/deals/${d.id}`} empty={<EmptyState …/>}
 *     columns={[{ key: 'name', head: t('name'), width: 'minmax(220px,1fr)', cell: (d) => d.name, phone: 'title' }, …]} />
 */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { query, columns, label, onSelect } = props
  const t = useWords('parts')
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false }) ?? false
  const rows = useMemo(() => query.data?.pages.flatMap((p) => p.items) ?? [], [query.data])
  const scroller = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState(0)
  const headHeight = phone ? 0 : 34
  const tall = props.rowHeight ?? 44
  const virtual = useVirtualizer({
    count: rows.length + (query.hasNextPage ? 6 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => (phone ? 62 : tall),
    overscan: 12,
    paddingStart: headHeight,
    scrollPaddingStart: headHeight,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  const stuck = query.isFetchNextPageError === true
  useEffect(() => {
    if (last >= rows.length - 20 && query.hasNextPage && !query.isFetchingNextPage && !stuck) void query.fetchNextPage()
  }, [last, rows.length, query, stuck])
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have another height on a phone
  useEffect(() => virtual.measure(), [phone, tall, virtual])
  const onKeyDown = useGridKeys(props, rows, cursor, (to) => {
    setCursor(to)
    virtual.scrollToIndex(to)
  })
  if (query.isPending)
    return (
      <div className="grid-state">
        <Skeletons rows={14} height={phone ? 62 : 44} />
      </div>
    )
  if (query.error && rows.length === 0)
    return (
      <div className="grid-state page">
        <ErrorNote error={query.error} retry={query.refetch} />
      </div>
    )
  if (rows.length === 0) return <div className="grid-state page">{props.empty}</div>
  const tracks = [...(onSelect ? ['40px'] : ['14px']), ...columns.map((c) => c.width)].join(' ')
  const all = onSelect !== undefined && rows.every((r) => props.selected?.has(props.rowKey(r)))
  return (
    <>
      <div
        className="grid"
        ref={scroller}
        tabIndex={0}
        role="grid"
        aria-label={label}
        aria-rowcount={props.total?.n ?? -1}
        aria-multiselectable={onSelect !== undefined}
        onKeyDown={onKeyDown}
      >
        <div className="grid-body" style={{ height: virtual.getTotalSize() }}>
          {!phone && (
            <div className="grid-row head" role="row" style={{ gridTemplateColumns: tracks }}>
              <span className="grid-check" {...(onSelect ? { role: 'columnheader' } : { 'aria-hidden': true })}>
                {onSelect && (
                  <Checkbox
                    size="xs"
                    aria-label={t('selectAll')}
                    checked={all}
                    onChange={() => onSelect(all ? new Set() : new Set(rows.map(props.rowKey)))}
                  />
                )}
              </span>
              {columns.map((c) => (
                <span role="columnheader" key={c.key} className={c.align}>
                  {c.head}
                </span>
              ))}
            </div>
          )}
          {shown.map((item) => {
            const row = rows[item.index]
            const place = { transform: `translateY(${item.start}px)`, height: item.size, ...(phone ? {} : { gridTemplateColumns: tracks }) }
            if (!row) return <SkeletonRow key={item.key} style={place} />
            return (
              <GridRow
                key={item.key}
                grid={props}
                row={row}
                index={item.index}
                current={cursor === item.index}
                phone={phone}
                style={place}
                onPoint={() => setCursor(item.index)}
              />
            )
          })}
        </div>
      </div>
      <GridFoot
        selected={props.selected?.size ?? 0}
        selectable={onSelect !== undefined}
        total={props.total}
        shown={rows.length}
        error={stuck ? query.error : null}
        retry={query.fetchNextPage}
      />
    </>
  )
}

/** j/k or arrows move, x selects, Enter opens; never while composing or inside a field. */
function useGridKeys<Row>(props: DataGridProps<Row>, rows: readonly Row[], cursor: number, move: (to: number) => void) {
  const router = useRouter()
  const anchor = useRef(0)
  return (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing || e.altKey || e.target instanceof HTMLInputElement) return
    if ((e.metaKey || e.ctrlKey) && e.key === 'a' && props.onSelectAll) {
      e.preventDefault()
      return props.onSelectAll()
    }
    if (e.metaKey || e.ctrlKey) return
    const row = rows[cursor]
    const to = { j: cursor + 1, ArrowDown: cursor + 1, k: cursor - 1, ArrowUp: cursor - 1, Home: 0, End: rows.length - 1 }[e.key]
    if (to !== undefined) {
      e.preventDefault()
      move(Math.max(0, Math.min(rows.length - 1, to)))
    } else if (!row) return
    else if (e.key === 'x' && props.onSelect) {
      props.onSelect(toggled(props.selected, props.rowKey(row)))
      anchor.current = cursor
    } else if (e.key === 'X' && props.onSelect) props.onSelect(withRange(props.selected, rows, props.rowKey, anchor.current, cursor))
    else if (e.key === 'Enter' && e.target === e.currentTarget) {
      if (props.href) router.history.push(props.href(row))
      else props.onOpen?.(row)
    } else props.keys?.[e.key]?.(row)
  }
}
