// Nodes and lines of the canvas.
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { CircleAlert } from 'lucide-react'
import type { ComponentType } from 'react'
import { useWords } from '../words/words.tsx'

export interface Figure {
  readonly label: string
  readonly value: string
}

/** What a node shows. */
export interface StepData extends Record<string, unknown> {
  readonly icon: ComponentType<{ size?: number }>
  readonly hue: string
  readonly title: string
  readonly subtitle: string
  readonly figures: readonly Figure[]
  readonly problems: number
  readonly severity: 'error' | 'warning'
}

export function StepNode({ data, selected }: NodeProps<Node<StepData>>) {
  const t = useWords('orchestrate')
  const Icon = data.icon
  return (
    <div className="fn" data-selected={selected} data-problem={data.problems ? data.severity : undefined}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <span className="ic" data-hue={data.hue}>
        <Icon size={17} />
      </span>
      <b className="clip" title={data.title}>
        {data.title}
      </b>
      <span className="s" title={data.subtitle}>
        {data.subtitle}
      </span>
      {data.problems > 0 && (
        <span className="flag" role="img" aria-label={t('problemCount', { n: data.problems })}>
          <CircleAlert size={15} />
        </span>
      )}
      {data.figures.length > 0 && (
        <div className="live num">
          {data.figures.map((figure) => (
            <span key={figure.label}>
              {figure.label} <b key={figure.value}>{figure.value}</b>
            </span>
          ))}
        </div>
      )}
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
