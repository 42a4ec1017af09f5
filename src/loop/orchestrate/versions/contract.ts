// Versions of a scenario: what differs, who is moved from one to another, and the way back. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { id as stepId } from '../graph/parts.ts'

const byId = z.object({ id: uuid })
const number = z.number().int().min(1)
const numberInQuery = z.coerce.number().int().min(1)

export const versionNote = z.string().trim().max(500)

/** Where whoever stands at a step goes: another step, or null for the end. Steps not named go where it is proposed. */
const stepMap = z.record(stepId, stepId.nullable())

/** People of one version who are moved to the one that is published. */
export const moveAsk = z.object({
  from: number,
  map: stepMap.default({}),
  /** Whether waits go on until the instant they had, or begin anew. */
  waits: z.enum(['keep', 'restart']).default('keep'),
})
export type MoveAsk = z.output<typeof moveAsk>
export type Waits = MoveAsk['waits']

/**
 * What a place of the map does to whoever stands there.
 * `keeps`: waits on, with the instant it had · `restarts`: waits anew · `enters`: the step is taken, then those after it · `ends`: the run is over
 */
export type MoveEffect = 'keeps' | 'restarts' | 'enters' | 'ends'

/** Steps at which people stand for longer than an instant. */
const LASTING: readonly string[] = ['wait', 'await', 'task']
type Kind = { readonly kind: string } | undefined

/** What happens to whoever stands at `from` when they are put at `to`. */
export function effectOf(from: Kind, to: Kind, waits: Waits): MoveEffect {
  if (!to) return 'ends'
  if (!LASTING.includes(to.kind)) return 'enters'
  return waits === 'keep' && from?.kind === to.kind ? 'keeps' : 'restarts'
}

/** From each version at most once. */
export const moveAsks = z.array(moveAsk).max(50)

const propChange = z.object({ prop: z.string(), was: z.unknown(), is: z.unknown() })

const stepChange = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  change: z.enum(['added', 'removed', 'changed', 'moved']),
  moved: z.boolean().describe('It stands in another place, whatever else changed'),
  props: z.array(propChange),
})
export type ShownChange = z.output<typeof stepChange>

const place = z.object({
  step: z.string(),
  name: z.string(),
  kind: z.string(),
  to: z.string().nullable().describe('The proposed step of the newer version; null: the end'),
  standing: z.number().int().describe('People who stand there now'),
})
export type MapPlace = z.output<typeof place>

const move = z.object({
  id: uuid,
  from: number,
  to: number,
  waits: z.enum(['keep', 'restart']),
  state: z.enum(['running', 'done', 'replaced']).describe('replaced: another publication came before everybody was moved'),
  total: z.number().int(),
  moved: z.number().int(),
  ended: z.number().int(),
  madeAt: instant,
  madeBy: z.string(),
  doneAt: instant.nullable(),
  stalled: z.boolean().describe('Nobody has worked at it for minutes; it is taken up again by itself, or at once when asked to'),
})
export type ShownMove = z.output<typeof move>

export const versionsContract = {
  diff: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/diff',
    permission: 'scenarios.read',
    summary: 'What differs between two versions, or between a version and the draft, and where people on their way would go',
    input: z.object({ id: uuid, from: numberInQuery, to: numberInQuery.optional().describe('The draft when left out') }),
    output: z.object({
      from: number,
      to: number.nullable(),
      steps: z.array(stepChange),
      whole: z.array(propChange).describe('What belongs to the scenario as a whole: triggers, goal, entry'),
      places: z.array(place).describe('The steps of the older version in reading order'),
      targets: z.array(z.object({ step: z.string(), name: z.string(), kind: z.string() })),
    }),
  }),
  rollback: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/rollback',
    permission: 'scenarios.write',
    summary: 'Publish an older version again as a new one; a draft with changes that are not published stays as it is',
    input: z.object({
      id: uuid,
      to: number,
      note: versionNote.optional(),
      moves: moveAsks.optional().describe('Left out: everybody on their way is moved as proposed. Empty: everybody stays on theirs'),
    }),
    output: z.object({ version: number }),
  }),
  move: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/moves',
    permission: 'scenarios.write',
    summary: 'Move people on their way from an older version to the one that is live',
    input: z.object({ id: uuid, ...moveAsk.shape }),
    output: done,
  }),
  moves: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/moves',
    permission: 'scenarios.read',
    summary: 'How far the moves between versions are, the newest first',
    input: byId,
    output: z.object({ items: z.array(move) }),
  }),
  goOnMoving: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/moves/go-on',
    permission: 'scenarios.write',
    summary: 'Go on at once with moves that have come to a stop',
    input: byId,
    output: done,
  }),
  note: endpoint({
    method: 'PUT',
    path: '/scenarios/{id}/versions/{version}/note',
    permission: 'scenarios.write',
    summary: 'Write what a version is for',
    input: z.object({ id: uuid, version: numberInQuery, note: versionNote }),
    output: done,
  }),
}
