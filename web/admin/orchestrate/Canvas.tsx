// The canvas: the scenario as its own layout draws it, with live numbers. The step list says the same to screen readers.
import '@xyflow/react/dist/base.css'
import { Background, Controls, type Edge, type Node, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { type KeyboardEvent, useEffect, useMemo } from 'react'
import type { Problem } from '#loop/orchestrate/check/contract.ts'
import { branches, type Graph, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import { END, GOAL, type Place, START } from './edit.ts'
import { figuresOf } from './figures.ts'
import { END_LOOK, LOOKS, START_LOOK } from './kinds.ts'
import { drawingOf, HEIGHT, type Placed, WIDTH } from './layout.ts'
import { JoinNode, type StepData, StepNode } from './StepNode.tsx'
import type { Numbers } from './useNumbers.ts'
import type { Sentences } from './useSentences.ts'
import { type WayData, WayEdge } from './WayEdge.tsx'

const nodeTypes = { step: StepNode, join: JoinNode }
const edgeTypes = { way: WayEdge }

export interface CanvasProps {
  readonly name: string
  readonly graph: Graph
  readonly numbers: Numbers
  readonly problems: readonly Problem[]
  readonly say: Sentences
  readonly selected: string | null
  readonly canEdit: boolean
  readonly onSelect: (id: string | null) => void
  readonly onAdd: (place: Place) => void
  readonly onPeople: (step: string, way?: string) => void
  readonly onKey: (event: KeyboardEvent) => void
}

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  )
}

function Flow(props: CanvasProps) {
  const { graph, numbers, selected, onSelect } = props
  const t = useWords('orchestrate')
  const nodes = useNodes(props)
  const edges = useEdges(props)
  const flow = useReactFlow()
  const shape = stepsOf(graph.steps)
    .map((step) => step.id)
    .join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view follows the shape, not every count
  useEffect(() => {
    if (!selected || selected === GOAL) return
    const node = flow.getNode(selected)
    if (!node) return
    const { x, y, zoom } = flow.getViewport()
    const at = { x: node.position.x * zoom + x, y: node.position.y * zoom + y }
    const seen = document.querySelector('.sc-canvas')?.getBoundingClientRect()
    if (!seen) return
    const isOut = at.x < 8 || at.y < 8 || at.x + WIDTH * zoom > seen.width - 8 || at.y + HEIGHT.live * zoom > seen.height - 8
    if (isOut) void flow.setCenter(node.position.x + WIDTH / 2, node.position.y + HEIGHT.plain / 2, { zoom, duration: 160 })
  }, [selected, shape, flow])
  return (
    <section
      className="sc-canvas"
      aria-label={t('flowLabel', { name: props.name })}
      onKeyDown={props.onKey}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas is walked with the arrow keys; the step list says the same
      tabIndex={0}
      data-numbers={numbers.ways.size}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodeClick={(_, node) => (node.type === 'join' ? undefined : onSelect(node.id))}
        onPaneClick={() => onSelect(null)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        onlyRenderVisibleElements={nodes.length > 60}
        onInit={(instance) => void instance.setViewport(firstView(nodes))}
        minZoom={0.25}
        maxZoom={1.5}
        proOptions={{ hideAttribution: false }}
      >
        <Background gap={20} className="dots" />
        <Controls showInteractive={false} aria-label={t('view')} />
      </ReactFlow>
    </section>
  )
}

/** Readable from the start: the whole scenario where it fits, else its beginning, as wide as it is. */
function firstView(nodes: readonly Node[]): { x: number; y: number; zoom: number } {
  const seen = document.querySelector('.sc-canvas')?.getBoundingClientRect()
  const [width, height] = [seen?.width ?? 1_000, seen?.height ?? 700]
  const flow = nodes.filter((node) => node.id !== GOAL)
  const left = Math.min(...flow.map((node) => node.position.x))
  const right = Math.max(...nodes.map((node) => node.position.x + WIDTH))
  const bottom = Math.max(...flow.map((node) => node.position.y + (node.height ?? HEIGHT.plain)))
  const zoom = Math.min(1, Math.max(0.8, Math.min((width - 48) / (right - left), (height - 64) / bottom)))
  // The column of the scenario stands in the middle, unless its goal would not be seen then.
  const x = Math.min(width / 2, width - 24 - right * zoom)
  return { x: Math.max(x, 24 - left * zoom), y: 32, zoom }
}

function useNodes({ graph, numbers, problems, say, selected }: CanvasProps): Node[] {
  const t = useWords('orchestrate')
  const f = useFormats()
  return useMemo(() => {
    const figures = (id: string, step?: Step) => figuresOf(t, f, numbers, id, step)
    const drawing = drawingOf(graph, (step) => (figures(step.id, step).length ? HEIGHT.live : HEIGHT.plain))
    const common = (id: string) => {
      const mine = problems.filter((one) => one.at === id)
      const severity: StepData['severity'] = mine.some((one) => one.severity === 'error') ? 'error' : 'warning'
      return { problems: mine.length, severity, figures: [] as StepData['figures'] }
    }
    const dataOf = (node: Placed): StepData => {
      if (node.step)
        return {
          ...LOOKS[node.step.kind],
          ...common(node.id),
          title: say.title(node.step),
          subtitle: say.subtitle(node.step),
          figures: figures(node.id, node.step),
        }
      if (node.kind === 'start') return { ...START_LOOK, ...common(START), title: t('start'), subtitle: say.start(graph) }
      return { ...END_LOOK, ...common(END), title: t('end'), subtitle: endText(t, f, numbers) }
    }
    const placed = drawing.nodes.map((node): Node => {
      if (node.kind === 'join')
        return { id: node.id, type: 'join', position: { x: node.x - 5, y: node.y }, data: {}, selectable: false, width: 10, height: 10 }
      const data = dataOf(node)
      return {
        id: node.id,
        type: 'step',
        position: { x: node.x - WIDTH / 2, y: node.y },
        data,
        selected: node.id === selected,
        width: WIDTH,
        height: node.height,
      }
    })
    const goal = {
      icon: END_LOOK.icon,
      hue: 'teal',
      ...common(GOAL),
      title: graph.goal ? t('goal') : t('noGoal'),
      subtitle: graph.goal ? say.goal(graph.goal) : t('noGoalText'),
    }
    placed.push({
      id: GOAL,
      type: 'step',
      position: { x: WIDTH / 2 + 48, y: 0 },
      data: goal,
      selected: selected === GOAL,
      width: WIDTH,
      height: HEIGHT.plain,
      className: 'goal',
    })
    return placed
  }, [graph, numbers, problems, say, selected, t, f])
}

function endText(t: ReturnType<typeof useWords<'orchestrate'>>, f: ReturnType<typeof useFormats>, numbers: Numbers): string {
  const done = numbers.ways.get('end/completed') ?? 0
  const reached = numbers.ways.get('end/goal') ?? 0
  return done + reached ? `${t('live.done')} ${f.number(done)}・${t('live.reached')} ${f.number(reached)}` : t('noGoalText')
}

function useEdges({ graph, numbers, say, canEdit, onAdd, onPeople }: CanvasProps): Edge[] {
  const f = useFormats()
  return useMemo(() => {
    const steps = new Map(stepsOf(graph.steps).map((step) => [step.id, step]))
    return drawingOf(graph, () => HEIGHT.plain).lines.map((line): Edge<WayData> => {
      const step = steps.get(line.place.after)
      const forks = step !== undefined && branches(step)
      const n = line.way === undefined ? undefined : numbers.ways.get(`${line.place.after}/${line.way}`)
      const all = forks ? step.branches.reduce((sum, branch) => sum + (numbers.ways.get(`${step.id}/${branch.key}`) ?? 0), 0) : 0
      const data: WayData = {
        lane: line.lane,
        place: line.place,
        label: forks && line.way ? say.way(step, line.way) : '',
        count: n ? f.number(n) : '',
        share: forks && n && all ? `${Math.round((n / all) * 100)}%` : '',
        canEdit,
        onAdd,
        onPeople: n ? () => onPeople(line.place.after, line.way) : undefined,
      }
      return { id: line.id, source: line.from, target: line.to, type: 'way', data, selectable: false }
    })
  }, [graph, numbers, say, canEdit, onAdd, onPeople, f])
}
