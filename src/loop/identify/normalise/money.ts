// Amounts as Japanese people write them, in whole yen. Pure.

const UNITS: Readonly<Record<string, number>> = { 億: 1e8, 千万: 1e7, 百万: 1e6, 万: 1e4, 千: 1e3, 百: 100 }
const AROUND = /^(約|およそ|予算)|(程度|ぐらい|くらい|前後|以内|以下|まで|未満|以上|ほど)$/gu
const PART = /(\d+(?:\.\d+)?)(億|千万|百万|万|千|百)?/gy
const MOST = 1e15

/**
 * Whole yen of `¥3,000`, `300万円`, `1.5億`, `1億2,000万円`, `500千円`, `3百万円`, `約500万円程度`, `-1,000`; null when it is no single amount (a range, words).
 */
export function parseYen(text: string): number | null {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s,、]/g, '')
    .replace(AROUND, '')
    .replace(/^(JPY|¥|\\)|(円|JPY|yen)$/giu, '')
    .replace(/^[△▲]/, '-')
  const negative = plain.startsWith('-')
  const found = sumOf(negative ? plain.slice(1) : plain)
  if (found === null || found > MOST) return null
  return negative && found !== 0 ? -found : found
}

/** Parts from the largest unit down: `1億2000万` and not `2万1億`. */
function sumOf(text: string): number | null {
  let sum = 0
  let last = Number.POSITIVE_INFINITY
  let at = 0
  PART.lastIndex = 0
  for (let part = PART.exec(text); part; part = PART.exec(text)) {
    const unit = UNITS[part[2] ?? ''] ?? 1
    if (unit >= last) return null
    sum += Number(part[1]) * unit
    last = unit
    at = PART.lastIndex
  }
  return at === 0 || at !== text.length ? null : Math.round(sum)
}
