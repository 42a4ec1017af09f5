// A parsed template as plain pieces: text stays text, and the two things that nearly all of a mail is made of (a field, a link) are
// looked up without the interpreter. Whatever is more than that is left to liquidjs, node by node.
import type { Liquid, Template } from 'liquidjs'
import { type Common, commonOf, putCommon, putOwn, type Sheet } from '../sender/sheet.ts'

type Context = Readonly<Record<string, unknown>>

type Piece =
  | string
  | { readonly path: readonly string[]; readonly escaped: boolean; readonly node: Template }
  | { readonly when: readonly string[]; readonly pieces: readonly Piece[]; readonly node: Template }
  | { readonly node: Template }

/** What of liquidjs's nodes is looked at; anything that looks otherwise is left to it. */
interface Node {
  readonly str?: unknown
  readonly name?: string
  readonly value?: Value
  readonly branches?: readonly { readonly value: Value; readonly templates: readonly Template[] }[]
  readonly elseTemplates?: readonly Template[]
}
interface Value {
  readonly filters: readonly { readonly handler: { readonly name?: string }; readonly args?: readonly unknown[] }[]
  readonly initial: {
    readonly postfix: readonly {
      readonly props?: readonly { readonly kind?: number; readonly content?: string }[]
      readonly variable?: unknown
    }[]
  }
}

const IDENTIFIER = 256
/** Names that Liquid gives a meaning of its own. */
const SPECIAL = new Set(['size', 'first', 'last'])

function pathOf(value: Value): string[] | null {
  const [token, ...rest] = value.initial.postfix
  if (!token?.props?.length || rest.length || token.variable) return null
  const path = token.props.map((prop) => (prop.kind === IDENTIFIER ? (prop.content ?? '') : ''))
  return path.every((name) => name && !SPECIAL.has(name)) ? path : null
}

function pieceOf(template: Template): Piece {
  const node = template as unknown as Node
  if (typeof node.str === 'string') return node.str
  if (node.name === 'if' && node.branches?.length === 1 && !node.elseTemplates) {
    const [branch] = node.branches
    const when = branch && !branch.value.filters.length ? pathOf(branch.value) : null
    return when && branch ? { when, pieces: branch.templates.map(pieceOf), node: template } : { node: template }
  }
  if (node.name || !node.value) return { node: template }
  const { filters } = node.value
  // The one filter that may stand there is the escaping that every output gets by itself; an author's own (`default`, `date`) stands before it.
  const escaped = filters.length === 1 && filters[0]?.handler.name === 'escape' && !filters[0].args?.length
  const path = filters.length && !escaped ? null : pathOf(node.value)
  return path ? { path, escaped, node: template } : { node: template }
}

/** A template made ready: for one person as text, or as a part of a mail. */
export interface Fast {
  /** As `liquid.renderSync(templates, context)`. */
  text(context: Context): string
  /** The same with CRLF line ends, in UTF-8 in base64. */
  put(context: Context, sheet: Sheet): void
}

/** What is the same for everybody is encoded once. */
export function fast(liquid: Liquid, templates: readonly Template[]): Fast {
  const pieces = templates.map(pieceOf)
  const fixed = new Map<string, Common>()
  return {
    text: (context) => {
      const said: string[] = []
      run(liquid, pieces, context, (part) => said.push(part))
      return said.join('')
    },
    put: (context, sheet) =>
      run(liquid, pieces, context, (part, isFixed) => {
        if (isFixed) putCommon(sheet, fixed.get(part) ?? remember(fixed, part))
        else putOwn(sheet, withCrlf(part))
      }),
  }
}

const withCrlf = (text: string): string => (text.includes('\n') ? text.replace(/\r?\n/g, '\r\n') : text)

function remember(fixed: Map<string, Common>, said: string): Common {
  const common = commonOf(withCrlf(said))
  fixed.set(said, common)
  return common
}

function run(liquid: Liquid, pieces: readonly Piece[], context: Context, say: (part: string, isFixed: boolean) => void): void {
  for (const piece of pieces) {
    if (typeof piece === 'string') say(piece, true)
    else if ('when' in piece) {
      const value = lookUp(context, piece.when)
      if (value === ELSEWHERE) say(String(liquid.renderSync([piece.node], context)), false)
      else if (value !== undefined && value !== null && value !== false) run(liquid, piece.pieces, context, say)
    } else if ('path' in piece) say(worded(liquid, piece, context), false)
    else say(String(liquid.renderSync([piece.node], context)), false)
  }
}

/** A part of a text or a number: Liquid has rules for that. */
const ELSEWHERE = Symbol('elsewhere')

function lookUp(context: Context, path: readonly string[]): unknown {
  let value: unknown = context
  for (const name of path) {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'object') return ELSEWHERE
    if (!Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function worded(liquid: Liquid, piece: Extract<Piece, { path: unknown }>, context: Context): string {
  const value = lookUp(context, piece.path)
  if (value === undefined || value === null) return ''
  if (typeof value === 'string')
    return piece.escaped && /[&<>"']/.test(value) ? value.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign) : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : String(liquid.renderSync([piece.node], context))
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }
