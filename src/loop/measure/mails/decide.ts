// A number of a report as the rule of a segment, and the clicks drawn into a mail. Pure.
import { CONVERSIONS } from '#loop/deliver/conversion.ts'
import type { EventFilter } from '#loop/score/condition/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { GOAL_DAYS, type MailGoal, type SegmentNumber } from './contract.ts'

/** Events that count as a goal; the usual ones where none is named. */
export const goalsOf = (goal: MailGoal | undefined): readonly MailGoal[] => (goal ? [goal] : CONVERSIONS)

interface Number {
  readonly newsletter: string
  readonly of: SegmentNumber
  readonly link?: number | undefined
  readonly goal?: MailGoal | undefined
}

/** The rule of a segment that holds whoever stands behind a number, now and later. */
export function ruleOf({ newsletter, of, link, goal }: Number): Rule {
  const mine: EventFilter = { prop: 'what', op: 'eq', value: `newsletter:${newsletter}` }
  const at: EventFilter[] = link === undefined ? [] : [{ prop: 'link', op: 'eq', value: link }]
  const match = (event: string, more: readonly EventFilter[] = []) => ({ event, filters: [mine, ...more] })
  const some = (event: string, more: readonly EventFilter[] = []): Rule => ({
    kind: 'event',
    match: match(event, more),
    count: { op: 'atLeast', n: 1 },
    period: { kind: 'ever' },
  })
  const without = (event: string): Rule => ({ kind: 'and', rules: [some('mail.sent'), { kind: 'not', rule: some(event) }] })
  const reached = (event: string): Rule => ({
    kind: 'event',
    match: { event, filters: [] },
    after: { match: match('mail.clicked'), within: { n: GOAL_DAYS, unit: 'days' } },
    count: { op: 'atLeast', n: 1 },
    period: { kind: 'ever' },
  })
  const hard = (value: boolean): EventFilter[] => [{ prop: 'hard', op: 'eq', value }]
  switch (of) {
    case 'sent':
      return some('mail.sent')
    case 'opened':
      return { kind: 'or', rules: [some('mail.opened'), some('mail.clicked')] }
    case 'notOpened':
      return { kind: 'and', rules: [without('mail.opened'), { kind: 'not', rule: some('mail.clicked') }] }
    case 'clicked':
      return some('mail.clicked', at)
    case 'notClicked':
      return without('mail.clicked')
    case 'converted':
      return { kind: 'or', rules: goalsOf(goal).map(reached) }
    case 'stopped':
      return some('mail.unsubscribed')
    case 'complained':
      return some('mail.complained')
    case 'bounced':
      return some('mail.bounced')
    case 'bouncedHard':
      return some('mail.bounced', hard(true))
    case 'bouncedSoft':
      return some('mail.bounced', hard(false))
  }
}

const ANCHOR = /<a\b[^>]*?href="\{\{ click \}\}\/(\d+)"[^>]*>([\s\S]*?)<\/a>/g

/** The wording of each link in a version's HTML, by its number: its text, or what its picture is called. */
export function labelsOf(html: string): Map<number, string> {
  const labels = new Map<number, string>()
  for (const [, number, inner = ''] of html.matchAll(ANCHOR)) {
    const alt = /\balt="([^"]*)"/.exec(inner)?.[1] ?? ''
    const text = inner
      .replace(/<[^>]*>/g, ' ')
      .replace(/\{[{%][^}]*[}%]\}/g, '…')
      .replace(/&amp;/g, '&')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&(?:#39|apos);/g, "'")
      .replace(/\s+/g, ' ')
      .trim()
    const n = Number(number)
    if (n > 0 && !labels.has(n)) labels.set(n, (text || alt).slice(0, 200))
  }
  return labels
}

/**
 * Puts a mark behind every link of a version's HTML: how many people followed it, the stronger the more. No link leads anywhere.
 * @param people by link number
 * @param whole the people the shares are of
 */
export function drawClicks(html: string, people: ReadonlyMap<number, number>, whole: number): string {
  const most = Math.max(1, ...people.values())
  return html.replace(ANCHOR, (anchor: string, number: string) => {
    const n = Number(number)
    if (n === 0) return ''
    const count = people.get(n) ?? 0
    const still = anchor.replace(/href="[^"]*"/, 'href="#"')
    return `${still}${badge(n, count, whole, count / most)}`
  })
}

function badge(n: number, count: number, whole: number, strength: number): string {
  const share = whole ? `${((count / whole) * 100).toFixed(1)}%` : '–'
  const colour = count ? `rgba(196, 64, 28, ${(0.55 + 0.45 * strength).toFixed(2)})` : 'rgba(110, 116, 128, 0.9)'
  return `<span style="display:inline-block;margin:0 4px;padding:1px 8px;border-radius:10px;background:${colour};color:white;font:600 12px/18px sans-serif;white-space:nowrap;vertical-align:middle">${n}&nbsp;·&nbsp;${count}&nbsp;(${share})</span>`
}
