// Instants as PostgreSQL writes them, read by hand: the driver's own reader costs several times as much, and rows of queues are full of them.

const [DASH, SPACE, DOT, PLUS, COLON] = [45, 32, 46, 43, 58]
const two = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

/**
 * Reads `2026-11-22 09:30:00.123456+09`; what is finer than a millisecond is left out.
 * @param other reads whatever is written otherwise: infinity, years before Christ or with more than four digits
 */
export function instantReader<T>(other: (text: string) => T): (text: string) => Date | T {
  return (text) => {
    const year = two(text, 0) * 100 + two(text, 2)
    if (!(year > 99 && year < 10_000) || text.charCodeAt(4) !== DASH || text.charCodeAt(10) !== SPACE) return other(text)
    let at = 19
    let ms = 0
    if (text.charCodeAt(at) === DOT) {
      let weight = 100
      for (at++; text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57; at++) {
        ms += (text.charCodeAt(at) - 48) * weight
        weight = weight > 1 ? weight / 10 : 0
      }
    }
    const sign = text.charCodeAt(at) === PLUS ? 1 : text.charCodeAt(at) === DASH ? -1 : 0
    const zone = zoneOf(text, at + 1)
    if (!sign || zone === null) return other(text)
    return new Date(Date.UTC(year, two(text, 5) - 1, two(text, 8), two(text, 11), two(text, 14), two(text, 17), ms) - sign * zone)
  }
}

/** An offset such as `09`, `05:30` or `08:18:59` in ms; null when there is more. */
function zoneOf(text: string, at: number): number | null {
  let ms = two(text, at) * 3_600_000
  let next = at + 2
  for (let unit = 60_000; text.charCodeAt(next) === COLON; unit /= 60) {
    ms += two(text, next + 1) * unit
    next += 3
  }
  return next === text.length ? ms : null
}
