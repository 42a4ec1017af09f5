// Where the tag keeps things: localStorage, and memory where that is denied. Nothing here ever throws.

const memory = new Map<string, string>()
const PREFIX = '_hgk.'

const disk = (): Storage | null => {
  try {
    return localStorage
  } catch {
    return null
  }
}

/** The value of a key, or '' when there is none. */
export function read(key: string): string {
  try {
    return memory.get(key) ?? disk()?.getItem(PREFIX + key) ?? ''
  } catch {
    return ''
  }
}

/** Stores a value; a full or denied storage keeps it in memory for the life of the page. */
export function write(key: string, value: string): void {
  try {
    const there = disk()
    if (!there) throw 0
    there.setItem(PREFIX + key, value)
    memory.delete(key)
  } catch {
    memory.set(key, value)
  }
}

export function drop(key: string): void {
  memory.delete(key)
  try {
    disk()?.removeItem(PREFIX + key)
  } catch {}
}

/** All keys that begin with `prefix`, those of other tabs of this site included, in order. */
export function keys(prefix: string): string[] {
  const found = new Set([...memory.keys()])
  try {
    const there = disk()
    for (const key of Object.keys(there ?? {})) if (key.startsWith(PREFIX)) found.add(key.slice(PREFIX.length))
  } catch {}
  return [...found].filter((key) => key.startsWith(prefix)).sort()
}

/** 128 random bits as 32 hex digits. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join('')
}
