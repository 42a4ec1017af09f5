const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** Bytes as people read them: 1.4 GB. */
export function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0)
  const value = bytes / 1000 ** step
  return `${value.toFixed(step === 0 || value >= 100 ? 0 : 1)} ${UNITS[step]}`
}
