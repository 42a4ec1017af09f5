/** Whether an announcement means the person: by name, as one of a crowd (the last two digits of an id say its bucket), or after a gap in the stream. */
export function isAbout(payload: unknown, person: string): boolean {
  const { ids, buckets, missed } = (payload ?? {}) as { ids?: unknown; buckets?: unknown; missed?: unknown }
  if (missed === true || (Array.isArray(ids) && ids.includes(person))) return true
  return Array.isArray(buckets) && buckets.includes(Number.parseInt(person.slice(-2), 16))
}
