import type { ReadField } from '../contract.ts'
import type { CardFieldKey } from '../kinds/contract.ts'
import type { Line } from './lines.decide.ts'

/** What was found so far; the first finder of a field keeps it. */
export type Found = Partial<Record<CardFieldKey, ReadField>>

/** One kind of reader: it looks at the lines, marks those that are surely its own, and puts what it found. */
export type Reader = (lines: readonly Line[], used: Set<Line>, found: Found) => void

/** Text without blanks. */
export const squeezed = (text: string): string => text.replace(/\s+/g, '')

/** Puts a field, as sure as the line was read and the pattern is telling. */
export function put(found: Found, key: CardFieldKey, value: string, line: Line, sure: number): void {
  if (value && !found[key]) found[key] = { value, confidence: round(line.confidence * sure), box: line.box, side: line.side }
}
export const round = (value: number): number => Math.round(Math.max(0, Math.min(1, value)) * 100) / 100
