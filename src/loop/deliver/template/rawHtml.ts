// What an author's own HTML must not be: able to swallow what stands behind it (the legal lines, the way out), or to act.

/** Elements whose content is no markup until they end, or that act, load or redefine the page. */
const FORBIDDEN =
  /^(?:script|iframe|frame|frameset|object|embed|applet|textarea|title|xmp|plaintext|noembed|noframes|noscript|template|select|base|meta|link|body|html|head|svg|math|form|input|button)$/i

/**
 * Why some HTML cannot stand inside a mail, or null. A walk over its tags as a parser sees them, with quotes and comments.
 * @returns `open`: a tag, quote, comment or style that does not end; else the name of an element that is not taken
 */
export function rawFault(html: string): string | null {
  const tag = /<!--|<\/?([a-z][^\s/>]*)|<[!?]/gi
  for (let found = tag.exec(html); found; found = tag.exec(html)) {
    const name = found[1] ?? ''
    if (FORBIDDEN.test(name)) return name.toLowerCase()
    const end = found[0] === '<!--' ? afterComment(html, found.index) : endOfTag(html, tag.lastIndex)
    if (end < 0) return 'open'
    tag.lastIndex = end
    if (name.toLowerCase() !== 'style' || found[0].startsWith('</')) continue
    const closed = html.toLowerCase().indexOf('</style', end)
    if (closed < 0) return 'open'
    tag.lastIndex = closed
  }
  return null
}

/** Downlevel comments of Outlook end like all others. */
function afterComment(html: string, at: number): number {
  const end = html.indexOf('-->', at + 4)
  return end < 0 ? -1 : end + 3
}

/** Behind the `>` of a tag; one inside quotes is none. */
function endOfTag(html: string, from: number): number {
  let quote = ''
  for (let i = from; i < html.length; i++) {
    const sign = html[i] as string
    if (quote) quote = sign === quote ? '' : quote
    else if ((sign === '"' || sign === "'") && /=\s*$/.test(html.slice(Math.max(from, i - 20), i))) quote = sign
    else if (sign === '>') return i + 1
  }
  return -1
}
