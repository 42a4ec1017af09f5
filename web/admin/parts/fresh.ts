// Ids and keys made in the browser; they work on plain http too, where `crypto.randomUUID` is missing.

/** So many random bytes in hex. */
export const freshHex = (bytes: number): string =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** A random UUID. */
export function freshUuid(): string {
  const hex = freshHex(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
