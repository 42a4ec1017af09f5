import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { Plus } from 'lucide-react'
import { useWords } from '../words/words.tsx'
import type { Place } from './edit.ts'
import { pointsOf, rounded } from './layout.ts'

/** What a line carries. */
export interface WayData extends Record<string, unknown> {
  readonly lane: number
  readonly place: Place
  readonly label: string
  readonly count: string
  readonly share: string
  readonly canEdit: boolean
  readonly onAdd: (place: Place) => void
  readonly onPeople: (() => void) | undefined
}

/** A line with its name and number, and a button to put a step on it. */
export function WayEdge({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<Edge<WayData>>) {
  const t = useWords('orchestrate')
  if (!data) return null
  const points = pointsOf(data, { x: sourceX, y: sourceY }, { x: targetX, y: targetY })
  const labelled = data.label !== '' || data.count !== ''
  const room = targetY - sourceY
  const bends = data.lane !== targetX
  const y = sourceY + (labelled ? 26 : bends ? 17 : room / 2)
  const addY = labelled ? sourceY + Math.min(52, Math.max(46, room - 14)) : y
  return (
    <>
      <BaseEdge path={rounded(points)} className="way" />
      <EdgeLabelRenderer>
        {labelled && (
          <button
            type="button"
            className="el nodrag nopan"
            style={{ transform: `translate(-50%,-50%) translate(${data.lane}px,${y}px)` }}
            onClick={data.onPeople}
            disabled={!data.onPeople}
            tabIndex={-1}
          >
            {data.label}
            {data.count && (
              <span key={data.count} className="tick">
                {data.count}
              </span>
            )}
            {data.share && <em>{data.share}</em>}
          </button>
        )}
        {data.canEdit && (
          <button
            type="button"
            className="add-here nodrag nopan"
            style={{ transform: `translate(-50%,-50%) translate(${data.lane}px,${addY}px)` }}
            aria-label={t('addHere')}
            title={t('addHere')}
            tabIndex={-1}
            onClick={() => data.onAdd(data.place)}
          >
            <Plus size={13} aria-hidden />
          </button>
        )}
      </EdgeLabelRenderer>
    </>
  )
}
