/** Whether an announcement names the person; one after a gap in the stream may be about anybody. */
export function isAbout(payload: unknown, person: string): boolean {
  const { ids, missed } = (payload ?? {}) as { ids?: unknown; missed?: unknown }
  return missed === true || (Array.isArray(ids) && ids.includes(person))
}
