/** A keyset cursor: the sort key of the last row, opaque to clients. */
export function cursorOf(...parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** The parts of a cursor, or null for the first page or a cursor that is none of ours. */
export function readCursor(cursor: string | undefined): readonly string[] | null {
  if (!cursor) return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === 'string') ? parts : null
  } catch {
    return null
  }
}
