import { useDroppable } from '@dnd-kit/core'
import { SortableContext, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { GripVertical } from 'lucide-react'
import type { CSSProperties } from 'react'
import type { Block } from '#loop/deliver/template/contract.ts'
import { useWords } from '../../words/words.tsx'
import { BlockView, type Work } from './BlockView.tsx'

/** The mail as a sheet of blocks: drag by the handle, or with the handle focused Space and the arrow keys. */
export function Canvas({ blocks, work }: { blocks: readonly Block[]; work: Work }) {
  const t = useWords('deliver')
  const { setNodeRef, isOver } = useDroppable({ id: 'canvas' })
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the blocks lets go of them; Escape does the same
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div className="canvas" onClick={() => work.select(null)}>
      <div className={isOver ? 'sheet over' : 'sheet'} ref={setNodeRef}>
        <SortableContext items={blocks.map((block) => block.id)} strategy={verticalListSortingStrategy}>
          {blocks.map((block) => (
            <Sortable key={block.id} block={block} work={work} />
          ))}
        </SortableContext>
        {blocks.length === 0 && <div className="sheet-empty muted">{t('emptyCanvas')}</div>}
      </div>
    </div>
  )
}

function Sortable({ block, work }: { block: Block; work: Work }) {
  const t = useWords('deliver')
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: block.id })
  const style: CSSProperties = {
    transform: transform ? `translate3d(0, ${transform.y}px, 0)` : undefined,
    transition,
    opacity: isDragging ? 0.4 : undefined,
  }
  const chosen =
    work.selected === block.id || (block.kind === 'columns' && [...block.left, ...block.right].some((leaf) => leaf.id === work.selected))
  return (
    <div className="block-row" ref={setNodeRef} style={style}>
      <button
        type="button"
        className="grip"
        ref={setActivatorNodeRef}
        {...attributes}
        {...listeners}
        aria-label={t('drag', { block: t(`block.${block.kind}`) })}
      >
        <GripVertical size={16} aria-hidden />
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: it holds an editor, which a button cannot */}
      <div
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: chosen by keyboard too
        tabIndex={0}
        className={chosen ? 'block on' : 'block'}
        aria-label={t(`block.${block.kind}`)}
        onClick={(e) => {
          e.stopPropagation()
          work.select(block.id)
        }}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && e.target === e.currentTarget) work.select(block.id)
          if (e.key === 'Escape') work.select(null)
        }}
      >
        <BlockView block={block} work={work} />
      </div>
    </div>
  )
}
