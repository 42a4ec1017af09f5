// What a file may tell of besides people. The room that owns such things fills the port.
import type { Ctx } from '#kernel/ctx.ts'

/** A row as its columns were mapped; `line` for messages. Columns mapped to `note` come together, each with its heading. */
export interface TargetRow {
  readonly line: number
  readonly told: ReadonlyMap<string, string>
}

export type TargetOutcome =
  | { readonly outcome: 'inserted'; readonly id: string }
  | { readonly outcome: 'updated' | 'skipped'; readonly reason: string }
  | { readonly outcome: 'rejected'; readonly reason: string }

/** Takes rows of a file in sets. */
export interface ImportTarget {
  /** What would happen (`dry`), or happens, to these rows; outcomes in their order. Safe to repeat. */
  readonly take: (
    ctx: Ctx,
    rows: readonly TargetRow[],
    options: { readonly dry: boolean; readonly importId: string },
  ) => Promise<TargetOutcome[]>
  /** Takes away what an import made, except what was changed since. */
  readonly undo: (ctx: Ctx, ids: readonly string[]) => Promise<{ removed: number; kept: number }>
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** By the name that imports call it (`deals`). */
    readonly importTargets?: Readonly<Record<string, ImportTarget>>
  }
}
