import { plainArray, textArray } from './arrays.ts'
import { smallintBytes, uuidBytes } from './binary.ts'

/** Whoever a row belongs to: the bucket leads every key, the id follows. */
export interface Subject {
  readonly bucket: number
  readonly id: string
}

export const BUCKETS = 256

/** The bucket (0–255) of an id: its last two hex digits, which are random in a UUIDv7 and never change. */
export function bucketOf(id: string): number {
  return Number.parseInt(id.slice(-2), 16)
}

/** The subject of an id. */
export function subjectOf(id: string): Subject {
  return { bucket: bucketOf(id), id }
}

/** Key order. Multi-row writes and locks go in this order, so that two transactions can never wait for each other in a ring. */
export function bySubject(a: Subject, b: Subject): number {
  return a.bucket - b.bucket || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** Distinct subjects in key order. */
export function distinctSubjects(subjects: Iterable<Subject>): Subject[] {
  const byId = new Map<string, Subject>()
  for (const subject of subjects) byId.set(subject.id, subject)
  return [...byId.values()].sort(bySubject)
}

interface Columns<T> {
  readonly buckets: T
  readonly ids: T
}

const known = new WeakMap<readonly Subject[], Columns<Buffer>>()

/**
 * The columns for `unnest($1::smallint[], $2::uuid[])`. Of a frozen list, which a dozen statements ask about, they are made once, in binary; of
 * others they are literals, in which the database itself refuses what is no id.
 */
export function columnsOf(subjects: readonly Subject[]): Columns<string | Buffer> {
  const found = known.get(subjects)
  if (found) return found
  if (!Object.isFrozen(subjects)) return { buckets: plainArray(subjects, (s) => s.bucket), ids: textArray(subjects, (s) => s.id) }
  const columns = keyBytes(subjects, (subject) => subject)
  known.set(subjects, columns)
  return columns
}

/** The same in binary, of rows that belong to subjects. @throws Error for what is no id */
export const keyBytes = <R>(rows: readonly R[], pick: (row: R) => Subject): Columns<Buffer> => ({
  buckets: smallintBytes(rows, (row) => pick(row).bucket),
  ids: uuidBytes(rows, (row) => pick(row).id),
})
