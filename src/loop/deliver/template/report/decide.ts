// What figures say, and what they do not. Pure.
import type { Figures, Rate, Rates, TELLS } from './contract.ts'

/** 95 of 100. */
const Z = 1.959_964

/** A share with its Wilson interval; null where nothing was counted. */
export function rateOf(k: number, n: number): Rate {
  if (n <= 0) return null
  const share = Math.min(1, k / n)
  const z2 = Z * Z
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** Opens and clicks are shares of what went out; what did not arrive is a share of what was tried. */
export function ratesOf(f: Figures): Rates {
  return {
    undelivered: rateOf(f.undelivered, f.tried),
    opened: rateOf(f.opened, f.sent),
    clicked: rateOf(f.clicked, f.sent),
    converted: rateOf(f.converted, f.sent),
    stopped: rateOf(f.stopped, f.sent),
    rawOpened: rateOf(f.rawOpened, f.sent),
    rawClicked: rateOf(f.rawClicked, f.sent),
  }
}

/** How a group did against all the others together; null where there are none. */
export function againstRest(own: Figures, all: Figures): Record<'opened' | 'clicked' | 'converted' | 'undelivered', Tell | null> {
  const rest = (key: keyof Figures) => all[key] - own[key]
  if (rest('tried') === 0) return { opened: null, clicked: null, converted: null, undelivered: null }
  const against = (key: 'opened' | 'clicked' | 'converted') => tell({ k: own[key], n: own.sent }, { k: rest(key), n: rest('sent') })
  return {
    opened: against('opened'),
    clicked: against('clicked'),
    converted: against('converted'),
    undelivered: tell({ k: own.undelivered, n: own.tried }, { k: rest('undelivered'), n: rest('tried') }, 'down'),
  }
}

type Tell = (typeof TELLS)[number]
/** Below this many mails, or with fewer than five of a kind on either side, a share says nothing (the normal approximation does not hold). */
const FEWEST = 30
const FEWEST_OF_A_KIND = 5

/**
 * Whether a share moved more than chance would: two-sided two-proportion z test at 5 %.
 * @param goodWhen which direction is the better one
 */
export function tell(now: { k: number; n: number }, before: { k: number; n: number }, goodWhen: 'up' | 'down' = 'up'): Tell {
  const pooled = (now.k + before.k) / (now.n + before.n)
  const enough = [now.n, before.n].every((n) => n >= FEWEST && n * pooled >= FEWEST_OF_A_KIND && n * (1 - pooled) >= FEWEST_OF_A_KIND)
  if (!enough) return 'few'
  const z = (now.k / now.n - before.k / before.n) / Math.sqrt(pooled * (1 - pooled) * (1 / now.n + 1 / before.n))
  if (Math.abs(z) < Z) return 'same'
  return z > 0 === (goodWhen === 'up') ? 'better' : 'worse'
}
