/** The largest unit a span of time is told in, and how many of them. */
export function gapOf(seconds: number): { unit: 'days' | 'hours' | 'minutes'; n: number } {
  if (seconds >= 2 * 86_400) return { unit: 'days', n: Math.round(seconds / 86_400) }
  if (seconds >= 2 * 3_600) return { unit: 'hours', n: Math.round(seconds / 3_600) }
  return { unit: 'minutes', n: Math.max(1, Math.round(seconds / 60)) }
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** Bytes as people read them: 1.4 GB. */
export function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0)
  const value = bytes / 1000 ** step
  return `${value.toFixed(step === 0 || value >= 100 ? 0 : 1)} ${UNITS[step]}`
}
