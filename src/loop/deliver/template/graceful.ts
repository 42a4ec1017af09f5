// What stands beside a merge field that says nothing goes with it: 「{会社名} {部署} {姓} 様、」 leaves no blanks and no 様 behind. Pure.
import type { Inline } from './contract.ts'

/** A piece of a line, shown when of each guard some field says something. */
export interface Piece {
  readonly node: Inline
  readonly guards: readonly (readonly string[])[]
}

interface Part {
  readonly node: Inline
  /** The field it is; null: text. */
  readonly field: string | null
  /** It has words for "nothing there", or is more than a field. */
  readonly always: boolean
}

const SPLIT = /(\{\{[^{}]*\}\})/
const BARE = /^\{\{\s*((?:lead|owner|sender|fact)(?:\.[A-Za-z][A-Za-z0-9_]*)+)\s*\}\}$/
const BLANKS = /^[ \u3000\u00a0]+$/
/** Blanks, how people are addressed, and the comma behind it: only before what can follow it, since さまざま, 様子 and 殿堂 begin alike. */
const BEHIND = /^([ \u3000\u00a0]*(?:様|さま|殿|御中)(?=$|[\s\u3000、，,。．.！!？?：:・（(「」』）)宛へのをがはとも]))?([、，,]?)/
const NAMES: ReadonlySet<string> = new Set(['lead.family_name', 'lead.given_name', 'lead.family_kana', 'lead.given_kana'])

const isLink = (node: Inline): boolean => node.type === 'text' && (node.marks ?? []).some(({ type }) => type === 'link')

function partsOf(content: readonly Inline[]): Part[] {
  return content.flatMap((node): Part[] => {
    if (node.type === 'mergeField') return [{ node, field: node.attrs.field, always: node.attrs.fallback !== '' }]
    // A link stays whole: each piece would be one of its own.
    if (node.type === 'hardBreak' || isLink(node)) return [{ node, field: null, always: false }]
    return node.text
      .split(SPLIT)
      .filter(Boolean)
      .map((text) => {
        const field = BARE.exec(text)?.[1] ?? (SPLIT.test(text) ? text : null)
        return { node: { ...node, text }, field, always: field === text }
      })
  })
}

/** Some of these says something; no guard where one always does. */
const some = (fields: readonly Part[]): string[][] => (fields.some(({ always }) => always) ? [] : [fields.map(({ field }) => field ?? '')])

const isBlank = ({ node }: Part): boolean => node.type === 'text' && BLANKS.test(node.text)

/** A line in pieces: fields with blanks alone between them are a run, and what they leave behind is guarded by them. */
export function graceful(content: readonly Inline[]): Piece[] {
  const parts = partsOf(content)
  const said: Piece[] = []
  for (let at = 0; at < parts.length; ) {
    const part = parts[at] as Part
    if (part.field === null) {
      said.push({ node: part.node, guards: [] })
      at++
      continue
    }
    let end = at + 1
    while (parts[end]?.field || (parts[end] && isBlank(parts[end] as Part) && parts[end + 1]?.field)) end++
    const run = parts.slice(at, end)
    const fields = run.filter(({ field }) => field !== null)
    for (const [i, one] of run.entries()) {
      if (one.field !== null) said.push({ node: one.node, guards: [] })
      else
        said.push({
          node: one.node,
          guards: [...some([run[i - 1] as Part]), ...some(run.slice(i + 1).filter(({ field }) => field !== null))],
        })
    }
    at = end
    const next = parts[at]
    if (next?.node.type !== 'text' || isLink(next.node)) continue
    said.push(...behind(next.node, fields))
    at++
  }
  return said
}

/** The text behind a run: how its last name is addressed goes with the name, a blank or the comma with the run. */
function behind(node: Extract<Inline, { type: 'text' }>, fields: readonly Part[]): Piece[] {
  const piece = (text: string, guards: Piece['guards']): Piece[] => (text ? [{ node: { ...node, text }, guards }] : [])
  const [, address = '', comma = ''] = BEHIND.exec(node.text) ?? []
  if (!address) {
    const blank = /^[ \u3000\u00a0]+/.exec(node.text)?.[0] ?? ''
    return [...piece(blank, some(fields)), ...piece(node.text.slice(blank.length), [])]
  }
  const last = fields.at(-1) as Part
  const named = NAMES.has(last.field ?? '') ? fields.filter(({ field }) => NAMES.has(field ?? '')) : [last]
  return [...piece(address, some(named)), ...piece(comma, some(fields)), ...piece(node.text.slice(address.length + comma.length), [])]
}

/** Liquid that says `inner` when the guards hold. `liquid` puts code aside. */
export function guarded(inner: string, guards: Piece['guards'], liquid: (code: string) => string): string {
  return guards.reduce((kept, fields) => {
    const ways = fields.map((field, i) => `${liquid(`{% ${i ? 'elsif' : 'if'} ${field} and ${field} != "" %}`)}${kept}`)
    return `${ways.join('')}${liquid('{% endif %}')}`
  }, inner)
}
