import { Liquid } from 'liquidjs'
import type { Sheet } from '../sender/sheet.ts'
import { fast } from './fast.ts'

const TAGS = new Set(['if', 'unless', 'case', 'comment'])
const FILTERS = new Set(['default', 'upcase', 'downcase', 'capitalize', 'truncate', 'strip', 'append', 'prepend', 'date'])

/** Whatever a template may read: plain data, own properties only. */
export type MergeContext = Readonly<Record<string, unknown>>

/** A template parsed once; rendering it for one more person costs some 200 µs. */
export interface Ready {
  subject(context: MergeContext): string
  html(context: MergeContext): string
  text(context: MergeContext): string
  /** Text and HTML as parts of a mail. */
  putText(context: MergeContext, sheet: Sheet): void
  putHtml(context: MergeContext, sheet: Sheet): void
}

const LIMITS = { parseLimit: 400_000, renderLimit: 400, memoryLimit: 2_000_000 }

function engine(escaping: boolean): Liquid {
  const liquid = new Liquid({
    ...(escaping ? { outputEscape: 'escape' as const } : {}),
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    templates: {},
    dynamicPartials: false,
    ...LIMITS,
  })
  keepOnly(liquid.tags, TAGS)
  keepOnly(liquid.filters, FILTERS)
  return liquid
}

/** Everything not allowed by name is gone: no include, render, layout, loop, and no `raw` to get round the escaping. */
function keepOnly(table: Record<string, unknown>, allowed: ReadonlySet<string>): void {
  for (const name of Object.keys(table)) if (!allowed.has(name)) delete table[name]
}

const escaped = engine(true)
const plain = engine(false)

/** @throws ParseError / UndefinedFilterError of liquidjs when the source is not allowed */
export function ready(source: { subject: string; html: string; text: string }): Ready {
  const subject = fast(plain, plain.parse(source.subject))
  const html = fast(escaped, escaped.parse(source.html))
  const text = fast(plain, plain.parse(source.text))
  return {
    subject: (context) => subject.text(context).replace(/\s+/g, ' ').trim(),
    html: html.text,
    text: text.text,
    putText: text.put,
    putHtml: html.put,
  }
}
