// Nodes and lines of the canvas.
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { CircleAlert } from 'lucide-react'
import type { ComponentType } from 'react'
import { useWords } from '../words/words.tsx'
import type { Figure } from './figures.ts'
import { NodeFigures } from './NodeFigures.tsx'

/** What a node shows. */
export interface StepData extends Record<string, unknown> {
  readonly icon: ComponentType<{ size?: number }>
  readonly hue: string
  readonly title: string
  readonly subtitle: string
  readonly figures: readonly Figure[]
  /** What is to be mended here, in words. */
  readonly problems: readonly string[]
  readonly severity: 'error' | 'warning'
  readonly onPeople: (step: string, way?: string) => void
}

export function StepNode({ data, selected }: NodeProps<Node<StepData>>) {
  const t = useWords('orchestrate')
  const Icon = data.icon
  const flag = t('problemCount', { n: data.problems.length })
  return (
    <div className="fn" data-selected={selected} data-problem={data.problems.length ? data.severity : undefined}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <span className="ic" data-hue={data.hue}>
        <Icon size={17} />
      </span>
      <b className="clip" title={data.title}>
        {data.title}
      </b>
      {data.problems.length > 0 ? (
        <span className="s problem" title={data.problems.join('\n')}>
          {data.problems[0]}
        </span>
      ) : (
        <span className="s" title={data.subtitle}>
          {data.subtitle}
        </span>
      )}
      {data.problems.length > 0 && (
        <span className="flag" role="img" aria-label={flag} title={data.problems.join('\n')}>
          <CircleAlert size={15} />
        </span>
      )}
      {data.figures.length > 0 && <NodeFigures figures={data.figures} onPeople={data.onPeople} tabIndex={-1} />}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  )
}

/** Where branches meet again. */
export function JoinNode() {
  return (
    <div className="fj">
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  )
}
