import type { TaskRow } from './tables.ts'

export interface Told {
  readonly title?: string | undefined
  readonly body?: string | null | undefined
  readonly dueAt?: string | null | undefined
  readonly assigneeId?: string | null | undefined
  readonly done?: boolean | undefined
  readonly result?: string | undefined
}

/** The task with what was told put in. A new due date, or opening it again, lets it be told once more. */
export function withTold(before: TaskRow, told: Told, by: string, now: Date): TaskRow {
  const due = told.dueAt === undefined ? before.due_at : told.dueAt === null ? null : new Date(told.dueAt)
  // Choosing how it went is doing it.
  const done = told.done ?? (told.result !== undefined || before.done_at !== null)
  const moved = due?.getTime() !== before.due_at?.getTime() || (before.done_at !== null && !done)
  return {
    ...before,
    title: told.title?.trim() || before.title,
    body: told.body === undefined ? before.body : told.body?.trim() || null,
    due_at: due,
    assignee_id: told.assigneeId === undefined ? before.assignee_id : told.assigneeId,
    done_at: done ? (before.done_at ?? now) : null,
    done_by: done ? (before.done_by ?? by) : null,
    result: done ? (told.result ?? before.result) : null,
    // What is overdue already when it is put in or opened again needs no telling: whoever did it saw the date.
    told_at: moved ? (due && due <= now ? now : null) : before.told_at,
  }
}

/** The instant at which a task must be told of; null when it needs no telling (any more). */
export const tellAt = (task: Pick<TaskRow, 'due_at' | 'done_at' | 'told_at' | 'removed_at'>): Date | null =>
  task.done_at || task.told_at || task.removed_at ? null : task.due_at
