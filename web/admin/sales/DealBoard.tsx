import { DndContext, type DragEndEvent, type KeyboardCoordinateGetter, useDraggable, useDroppable } from '@dnd-kit/core'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Handshake } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { api, type client, queries } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useCarrying } from '../parts/useCarrying.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { DealCard } from './DealCard.tsx'
import type { Deal } from './rows.ts'
import { useDealActs } from './useDealActs.ts'

type Board = Awaited<ReturnType<typeof client.deals.board>>
type Column = Board['columns'][number]

/** Open deals by stage. A card is dragged, or moved by keyboard: space, arrows, space; the drawer can do it too. */
export function DealBoard({
  owner,
  onOpen,
  onMake,
}: {
  owner: 'me' | 'none' | undefined
  onOpen: (id: string) => void
  onMake: () => void
}) {
  const t = useWords('sales')
  const { may } = useSession()
  const acts = useDealActs()
  const { language } = useLanguage()
  const options = api.deals.board.queryOptions({ input: owner ? { owner } : {} })
  const board = useQuery(options)
  const columnOf = (key: unknown) => board.data?.columns.find((column) => column.stage.key === key)
  const dealOf = (id: unknown) => board.data?.columns.flatMap((column) => column.items).find((item) => item.id === id)
  const carrying = useCarrying(nextColumn, {
    nameOf: (id) => dealOf(id)?.name ?? '',
    placeName: (key) => columnOf(key)?.stage[language] ?? '',
    homeOf: (id) => dealOf(id)?.stage,
  })
  const drop = ({ active, over }: DragEndEvent) => {
    const to = columnOf(over?.id)
    const deal = dealOf(active.id)
    if (!to || !deal || to.stage.key === deal.stage) return
    queries.setQueryData<Board>(options.queryKey, (before) => before && moved(before, deal, to.stage.key))
    void acts.move(deal, to.stage.key, to.stage[language])
  }
  if (board.isPending)
    return (
      <div className="page">
        <Skeletons rows={8} />
      </div>
    )
  if (board.error)
    return (
      <div className="page">
        <ErrorNote error={board.error} retry={board.refetch} />
      </div>
    )
  if (board.data.columns.every((column) => column.n === 0)) {
    return (
      <div className="page">
        <EmptyState
          icon={Handshake}
          title={owner ? t('dealsNone') : t('dealsEmpty')}
          action={may('deals.write') && !owner ? <Button onClick={onMake}>{t('newDeal')}</Button> : null}
        >
          {owner ? null : t('dealsEmptyText')}
        </EmptyState>
      </div>
    )
  }
  return (
    <DndContext {...carrying} onDragEnd={drop}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls sideways */}
      <div className="board" tabIndex={0}>
        {board.data.columns.map((column) => (
          <BoardColumn key={column.stage.key} column={column} onOpen={onOpen} movable={may('deals.write')} />
        ))}
      </div>
    </DndContext>
  )
}

/** The board with the card in its new column at once; the server's answer follows. */
function moved(board: Board, deal: Deal, to: string): Board {
  const worth = deal.amount ?? 0
  return {
    columns: board.columns.map((column) => {
      if (column.stage.key === deal.stage)
        return { ...column, n: column.n - 1, sum: column.sum - worth, items: column.items.filter((item) => item.id !== deal.id) }
      if (column.stage.key === to)
        return { ...column, n: column.n + 1, sum: column.sum + worth, items: [{ ...deal, stage: to }, ...column.items] }
      return column
    }),
  }
}

function BoardColumn({ column, onOpen, movable }: { column: Column; onOpen: (id: string) => void; movable: boolean }) {
  const t = useWords('sales')
  const f = useFormats()
  const { language } = useLanguage()
  const { setNodeRef, isOver } = useDroppable({ id: column.stage.key })
  const label = column.stage[language]
  return (
    <section className={isOver ? 'board-col over' : 'board-col'} ref={setNodeRef} aria-label={t('column', { stage: label, n: column.n })}>
      <header>
        <b>{label}</b>
        <span className="count num">{f.number(column.n)}</span>
        <span className="push muted num">{f.money(column.sum)}</span>
      </header>
      <div className="board-cards">
        {column.items.map((deal) => (
          <Draggable key={deal.id} deal={deal} onOpen={onOpen} movable={movable} />
        ))}
        {column.items.length === 0 && <p className="board-empty muted">{t('dropHere')}</p>}
        {column.n > column.items.length && <p className="muted board-note">{t('onlyShown', { n: column.items.length })}</p>}
      </div>
    </section>
  )
}

/** The whole card is dragged by pointer; the keyboard lifts it from its name, where Enter still opens it. */
function Draggable({ deal, onOpen, movable }: { deal: Deal; onOpen: (id: string) => void; movable: boolean }) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, isDragging } = useDraggable({
    id: deal.id,
    disabled: !movable,
  })
  const style = transform ? { transform: `translate(${transform.x}px, ${transform.y}px)`, zIndex: 5 } : undefined
  const { onKeyDown, ...pointer } = (listeners ?? {}) as { onKeyDown?: (event: KeyboardEvent) => void }
  return (
    <div ref={setNodeRef} style={style} className={isDragging ? 'board-card lifted' : 'board-card'} {...pointer}>
      <DealCard
        deal={deal}
        onOpen={() => onOpen(deal.id)}
        handle={{ ref: setActivatorNodeRef, onKeyDown, 'aria-describedby': movable ? attributes['aria-describedby'] : undefined }}
      />
    </div>
  )
}

/** An arrow key goes to the next column, not some pixels aside. */
const nextColumn: KeyboardCoordinateGetter = (event, { context, currentCoordinates }) => {
  const step = event.code === 'ArrowRight' ? 1 : event.code === 'ArrowLeft' ? -1 : 0
  if (step === 0) return undefined
  event.preventDefault()
  const columns = [...context.droppableRects].sort(([, a], [, b]) => a.left - b.left)
  const at = columns.findIndex(([id]) => id === context.over?.id)
  const to = columns[Math.max(0, Math.min(columns.length - 1, at + step))]
  return to ? { x: to[1].left + 10, y: currentCoordinates.y } : undefined
}
