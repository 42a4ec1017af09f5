import type { Ctx } from '#kernel/ctx.ts'
import type { RunRow } from '../run/row.ts'
import type { Effect } from '../step/state.ts'

/** An effect and whose it is. */
export interface Doing {
  readonly effect: Effect
  readonly run: RunRow
  /** Hop of the event behind it; what it causes is one further. */
  readonly hop: number
}

export type Kind = Effect['step']['kind']
export type Of<K extends Kind> = Doing & { readonly effect: { readonly step: Extract<Effect['step'], { kind: K }> } }

/** By effect id, what came of it where that is not simply done. */
export type Outcomes = ReadonlyMap<string, string>
export type Doer<K extends Kind> = (ctx: Ctx, doings: readonly Of<K>[]) => Promise<Outcomes | undefined>

/** Doings that can be done by one call: their steps agree in what matters to it. */
export function grouped<T extends Doing>(doings: readonly T[], key: (one: T) => unknown): T[][] {
  return [...Map.groupBy(doings, (one) => JSON.stringify(key(one))).values()]
}
