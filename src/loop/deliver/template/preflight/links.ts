// The addresses of a draft, and what their answers mean to whoever sends it. Pure.
import type { Block, Draft, LeafBlock, RichText } from '../contract.ts'
import type { LinkReport, Place } from './contract.ts'
import { blockPlace } from './places.ts'
import type { LinkAnswer } from './port.ts'

interface Address {
  readonly url: string
  readonly isPicture: boolean
  readonly places: readonly Place[]
}

type Said = readonly [url: string, isPicture: boolean]

const linksOf = (doc: RichText): Said[] =>
  [...JSON.stringify(doc).matchAll(/"href":("(?:[^"\\]|\\.)*")/g)].map(([, url = '""']) => [String(JSON.parse(url)), false])

const ATTRIBUTE = /\b(href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi
const inHtml = (html: string): Said[] =>
  [...html.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
    (double ?? single ?? '').replace(/&amp;/g, '&'),
    name.toLowerCase() === 'src',
  ])

function inBlock(b: Block | LeafBlock): Said[] {
  switch (b.kind) {
    case 'text':
      return linksOf(b.doc)
    case 'button':
      return [[b.href, false]]
    case 'image':
      return [[b.src, true], ...(b.href ? [[b.href, false] as const] : [])]
    case 'article':
      return [
        [b.href, false],
        [b.src, true],
      ]
    case 'sns':
      return b.links.map(({ href }) => [href, false])
    case 'html':
      return inHtml(b.html)
    case 'columns':
      return [...b.left, ...b.right].flatMap(inBlock)
    default:
      return []
  }
}

const WEB = /https?:\/\/[^\s<>"'`\\{}、。）」]+/gi

/** Every web address of a draft once, with the places it stands at. mailto: and tel: cannot be asked. */
export function addressesOf(draft: Draft): Address[] {
  const found = new Map<string, { url: string; isPicture: boolean; places: Place[] }>()
  const add = (place: Place, [url, isPicture]: Said) => {
    if (!/^https?:\/\/[^{}]+$/i.test(url)) return
    const known = found.get(url)
    if (!known) found.set(url, { url, isPicture, places: [place] })
    else if (!known.places.some((one) => one.part === place.part && one.blockId === place.blockId)) known.places.push(place)
  }
  for (const [i, block] of draft.blocks.entries()) for (const said of inBlock(block)) add(blockPlace(block, i), said)
  for (const [url] of (draft.text ?? '').matchAll(WEB)) add({ part: 'text', block: null, blockId: null }, [url, false])
  return [...found.values()]
}

type Fate = LinkReport['fate']

/** Those a reader would stumble over. */
export const BROKEN: ReadonlySet<Fate> = new Set(['gone', 'broken', 'away', 'refused'])

/** 401 and 403 say that a machine is not welcome; a person may be. */
function fateOf(status: number): Fate {
  if (status >= 200 && status < 300) return 'ok'
  if (status === 404 || status === 410) return 'gone'
  return [401, 403, 405, 407, 429, 451, 999].includes(status) ? 'denied' : 'broken'
}

/** An answer as it is told; null: it was not asked. */
export function told({ url, isPicture, places }: Address, answer: LinkAnswer | null): LinkReport {
  const base = { url, isPicture, places: [...places], status: null, to: null, detail: '' }
  if (!answer) return { ...base, fate: 'skipped' }
  if (answer.kind !== 'answered')
    return { ...base, fate: answer.kind === 'refused' ? 'refused' : 'away', detail: answer.reason.slice(0, 300) }
  const fate = fateOf(answer.status)
  const to = answer.to === url ? null : answer.to.slice(0, 2_000)
  return { ...base, fate: fate === 'ok' && to !== null && answer.forGood ? 'moved' : fate, status: answer.status, to }
}
