import type { Generated, Selectable } from 'kysely'
import type { PersonTable } from '../personTables.ts'

export interface TaskResult {
  readonly key: string
  readonly name: string
}

/** Something a colleague should do about somebody. `told_at`: when it was said that it is due. */
export interface TaskTable {
  bucket: number
  person_id: string
  id: string
  title: string
  body: string | null
  due_at: Date | null
  assignee_id: string | null
  created_at: Date
  created_by: string
  done_at: Date | null
  done_by: string | null
  told_at: Date | null
  /** How it can end, to choose from when it is ticked: `[{ key, name }]`. */
  results: Generated<TaskResult[]>
  /** The key of the one that was chosen. */
  result: string | null
  removed_at: Date | null
  origin_person_id: string | null
}
export type TaskRow = Selectable<TaskTable>

declare module '#kernel/db/tables.ts' {
  interface Tables {
    task: TaskTable
  }
}

export const personTables: readonly PersonTable[] = [{ table: 'task', meet: 'move', erase: 'delete', export: true, origin: true }]
