import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { Plus } from 'lucide-react'
import { useWords } from '../words/words.tsx'
import type { Place } from './edit.ts'
import { labelY, pointsOf, rounded, spotY } from './layout.ts'

/** What a line carries. The acts are the same functions as long as the canvas stands, so that lines are not drawn again for them. */
export interface WayData extends Record<string, unknown> {
  readonly lane: number
  readonly place: Place
  readonly label: string
  readonly count: string
  readonly share: string
  /** The share of all who entered, for whoever points at it. */
  readonly title: string
  readonly canEdit: boolean
  /** While something is moved: whether it may go here, and whether it would. */
  readonly drop: 'no' | 'open' | 'chosen' | null
  readonly onAdd: (place: Place) => void
  readonly onPeople: ((step: string, way?: string) => void) | undefined
}

/** A line with its name and number, and a button to put a step on it. */
export function WayEdge({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<Edge<WayData>>) {
  const t = useWords('orchestrate')
  if (!data) return null
  const points = pointsOf(data, { x: sourceX, y: sourceY }, { x: targetX, y: targetY })
  const labelled = data.label !== '' || data.count !== ''
  const { place, onPeople, drop } = data
  const y = labelY(sourceY, targetY, data.lane !== targetX, labelled)
  const addY = spotY(sourceY, targetY, data.lane !== targetX, labelled)
  return (
    <>
      <BaseEdge path={rounded(points)} className="way" />
      <EdgeLabelRenderer>
        {labelled && (
          <button
            type="button"
            className="el nodrag nopan"
            style={{ transform: `translate(-50%,-50%) translate(${data.lane}px,${y}px)` }}
            onClick={onPeople && (() => onPeople(place.after, place.way))}
            disabled={!onPeople}
            title={data.title || undefined}
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
        {data.canEdit && drop !== 'no' && (
          <button
            type="button"
            className="add-here nodrag nopan"
            data-drop={drop ?? undefined}
            style={{ transform: `translate(-50%,-50%) translate(${data.lane}px,${addY}px)` }}
            aria-label={drop ? t('carry.here') : t('addHere')}
            title={drop ? t('carry.here') : t('addHere')}
            tabIndex={-1}
            onClick={() => data.onAdd(place)}
          >
            <Plus size={13} aria-hidden />
          </button>
        )}
      </EdgeLabelRenderer>
    </>
  )
}
