// Pure: what the sentence says under which somebody was parked.
import type { Stuck } from './contract.ts'

const CIRCLE = /^These rules feed each other: (.*)\. Stopped after \d+ rounds\.$/s
const RESTLESS = /^“(.*)” asked to be woken at /s

/** The kind of a reason, and what there is to it. */
export function presentReason(reason: string): Pick<Stuck, 'kind' | 'what'> {
  const circle = CIRCLE.exec(reason)?.[1]
  if (circle !== undefined) return { kind: 'circle', what: circle }
  const stage = RESTLESS.exec(reason)?.[1]
  return stage === undefined ? { kind: 'fault', what: reason } : { kind: 'restless', what: stage }
}
