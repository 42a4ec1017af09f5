// The canvas: the scenario as its own layout draws it, with live numbers. The step list says the same to screen readers.
import '@xyflow/react/dist/base.css'
import { Background, Controls, type Edge, type Node, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import type { Problem } from '#loop/orchestrate/check/contract.ts'
import { branches, type Graph, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import { END, GOAL, type Place, placesFor, START } from './edit.ts'
import { figuresOf } from './figures.ts'
import { END_LOOK, START_LOOK } from './kinds.ts'
import { type Drawing, drawingOf, HEIGHT, type Placed, spotsOf, WIDTH } from './layout.ts'
import { goalText, lookOf } from './looks.ts'
import { JoinNode, type StepData, StepNode } from './StepNode.tsx'
import { useDrag } from './useDrag.ts'
import type { Numbers } from './useNumbers.ts'
import type { Sentences } from './useSentences.ts'
import { type WayData, WayEdge } from './WayEdge.tsx'

const nodeTypes = { step: StepNode, join: JoinNode }
const edgeTypes = { way: WayEdge }
const FAR = 0.4

export interface CanvasProps {
  readonly name: string
  readonly graph: Graph
  readonly numbers: Numbers
  readonly problems: readonly Problem[]
  readonly say: Sentences
  readonly selected: string | null
  /** The steps that are selected, more than one when a range is. */
  readonly picked: readonly string[]
  /** Places that something carried may go to, and the one that is chosen. */
  readonly open: { readonly all: ReadonlySet<string>; readonly chosen: string | null }
  readonly canEdit: boolean
  readonly onSelect: (id: string | null, range?: boolean) => void
  readonly onAdd: (place: Place) => void
  readonly onPeople: (step: string, way?: string) => void
  readonly onKey: (event: KeyboardEvent) => void
  readonly onRelocate: (ids: readonly string[], place: Place) => void
}

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  )
}

type Acts = Pick<CanvasProps, 'onAdd' | 'onPeople'>

function Flow(props: CanvasProps) {
  const { graph, picked, canEdit, onSelect } = props
  const t = useWords('orchestrate')
  const acts = useActs(props)
  const drawing = useDrawing(props)
  const nodes = useNodes(props, drawing, acts)
  const edges = useEdges(props, drawing, acts)
  const flow = useReactFlow()
  const drag = useDrag(canEdit, {
    flow,
    onDrop: props.onRelocate,
    spotsFor: (id) => {
      const ids = picked.includes(id) ? picked : [id]
      const open = new Set(placesFor(graph, ids).map(({ after, way }) => `${after}/${way}`))
      const labelled = new Set(edges.flatMap((edge) => (edge.data?.label || edge.data?.count ? [edge.id] : [])))
      return {
        ids,
        spots: spotsOf(drawing, (line) => labelled.has(line.id)).filter(({ place }) => open.has(`${place.after}/${place.way}`)),
      }
    },
  })
  useInSight(props, flow)
  return (
    <section
      className="sc-canvas"
      aria-label={t('flowLabel', { name: props.name })}
      onKeyDown={props.onKey}
      onPointerDown={drag.onPointerDown}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas is walked with the arrow keys; the step list says the same
      tabIndex={0}
    >
      <Spoken {...props} />
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodeClick={(event, node) => (node.type === 'join' || drag.dragged.current ? undefined : onSelect(node.id, event.shiftKey))}
        onPaneClick={() => drag.dragged.current || onSelect(null)}
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
        onMove={(_, { zoom }) => markFar(zoom)}
        minZoom={0.15}
        maxZoom={1.5}
        proOptions={{ hideAttribution: false }}
      >
        <Background gap={20} className="dots" />
        <Controls showInteractive={false} aria-label={t('view')} />
      </ReactFlow>
    </section>
  )
}

/** From afar nobody can read a number or hit a button: they are not painted. */
function markFar(zoom: number): void {
  const canvas = document.querySelector<HTMLElement>('.sc-canvas')
  if (canvas && (canvas.dataset['far'] === 'yes') !== zoom < FAR) canvas.dataset['far'] = zoom < FAR ? 'yes' : 'no'
}

/** What is selected, for whoever hears the canvas. */
function Spoken({ graph, say, selected, picked, problems }: CanvasProps) {
  const t = useWords('orchestrate')
  const step = stepsOf(graph.steps).find((one) => one.id === selected)
  const n = problems.filter((one) => one.at === selected).length
  const what = step
    ? `${say.title(step)}。${say.subtitle(step)}`
    : selected === START
      ? `${t('start')}。${say.start(graph)}`
      : selected === GOAL
        ? t('goal')
        : selected === END
          ? t('end')
          : ''
  return (
    <span className="sr-only" role="status">
      {picked.length > 1 ? t('selectedMany', { n: picked.length }) : what} {n > 0 && t('problemCount', { n })}
    </span>
  )
}

/** The same functions as long as the canvas stands: they call whatever the page gave last. */
function useActs({ onAdd, onPeople }: Acts): Acts {
  const last = useRef<Acts>({ onAdd, onPeople })
  useEffect(() => {
    last.current = { onAdd, onPeople }
  }, [onAdd, onPeople])
  return useMemo(() => ({ onAdd: (place) => last.current.onAdd(place), onPeople: (step, way) => last.current.onPeople(step, way) }), [])
}

/** Moves the canvas when what is selected stands outside of it. */
function useInSight({ graph, selected }: CanvasProps, flow: ReturnType<typeof useReactFlow>) {
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

function useDrawing({ graph, numbers }: CanvasProps): Drawing {
  const t = useWords('orchestrate')
  const f = useFormats()
  return useMemo(
    () => drawingOf(graph, (step) => (figuresOf(t, f, numbers, step.id, step).length ? HEIGHT.live : HEIGHT.plain)),
    [graph, numbers, t, f],
  )
}

function useNodes({ graph, numbers, problems, say, selected, picked }: CanvasProps, drawing: Drawing, acts: Acts): Node[] {
  const t = useWords('orchestrate')
  const f = useFormats()
  const nodes = useMemo(() => {
    const common = (id: string): Pick<StepData, 'problems' | 'severity' | 'figures' | 'onPeople'> => {
      const mine = problems.filter((one) => one.at === id)
      const severity = mine.some((one) => one.severity === 'error') ? 'error' : 'warning'
      return { problems: mine.map((one) => t(`problems.${one.code}`)), severity, figures: [], onPeople: acts.onPeople }
    }
    const dataOf = (node: Placed): StepData => {
      if (node.step) {
        const { step } = node
        return {
          ...lookOf(step),
          ...common(node.id),
          title: say.title(step),
          subtitle: say.subtitle(step),
          figures: figuresOf(t, f, numbers, node.id, step),
        }
      }
      if (node.kind === 'start') return { ...START_LOOK, ...common(START), title: t('start'), subtitle: say.start(graph) }
      return { ...END_LOOK, ...common(END), title: t('end'), subtitle: endText(t, f, numbers) }
    }
    const placed = drawing.nodes.map((node): Node => {
      if (node.kind === 'join')
        return { id: node.id, type: 'join', position: { x: node.x - 5, y: node.y }, data: {}, selectable: false, width: 10, height: 10 }
      return {
        id: node.id,
        type: 'step',
        position: { x: node.x - WIDTH / 2, y: node.y },
        data: dataOf(node),
        width: WIDTH,
        height: node.height,
        // The canvas is not moved by what moves a step.
        ...(node.kind === 'step' ? { className: 'nopan step' } : {}),
      }
    })
    const data: StepData = {
      icon: END_LOOK.icon,
      hue: 'teal',
      ...common(GOAL),
      title: graph.goal ? t('goal') : t('noGoal'),
      subtitle: goalText(t, say, graph),
    }
    placed.push({
      id: GOAL,
      type: 'step',
      position: { x: WIDTH / 2 + 48, y: 0 },
      data,
      width: WIDTH,
      height: HEIGHT.plain,
      className: 'goal',
    })
    return placed
  }, [graph, numbers, problems, say, drawing, acts, t, f])
  return useMemo(
    () => nodes.map((node) => (node.id === selected || picked.includes(node.id) ? { ...node, selected: true } : node)),
    [nodes, selected, picked],
  )
}

function endText(t: ReturnType<typeof useWords<'orchestrate'>>, f: ReturnType<typeof useFormats>, numbers: Numbers): string {
  const done = numbers.ways.get('end/completed') ?? 0
  const reached = numbers.ways.get('end/goal') ?? 0
  return done + reached ? `${t('live.done')} ${f.number(done)}・${t('live.reached')} ${f.number(reached)}` : t('noGoalText')
}

function useEdges({ graph, numbers, say, canEdit, open }: CanvasProps, drawing: Drawing, acts: Acts): Edge<WayData>[] {
  const t = useWords('orchestrate')
  const f = useFormats()
  return useMemo(() => {
    const steps = new Map(stepsOf(graph.steps).map((step) => [step.id, step]))
    const entered = numbers.ways.get('start/next') ?? 0
    return drawing.lines.map((line): Edge<WayData> => {
      const step = steps.get(line.place.after)
      const forks = step !== undefined && branches(step)
      const key = `${line.place.after}/${line.place.way}`
      const n = line.way === undefined ? undefined : numbers.ways.get(key)
      const all = forks ? step.branches.reduce((sum, branch) => sum + (numbers.ways.get(`${step.id}/${branch.key}`) ?? 0), 0) : 0
      const data: WayData = {
        lane: line.lane,
        place: line.place,
        label: forks && line.way ? say.way(step, line.way) : '',
        count: n ? f.number(n) : '',
        share: forks && n && all ? `${Math.round((n / all) * 100)}%` : '',
        title: n && entered && line.place.after !== START ? t('ofEntered', { share: f.percent(n / entered) }) : '',
        canEdit,
        drop: open.chosen === null ? null : open.chosen === key ? 'chosen' : open.all.has(key) ? 'open' : 'no',
        onAdd: acts.onAdd,
        onPeople: n ? acts.onPeople : undefined,
      }
      return { id: line.id, source: line.from, target: line.to, type: 'way', data, selectable: false }
    })
  }, [graph, numbers, say, canEdit, open, drawing, acts, t, f])
}
