// The library as it is told: graphs with words in the user's language, the mails that go with them, and how long they take. Pure.
import { hashedId } from '#kernel/chance.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { branches, type Graph, PLAIN, type Step } from '../graph/contract.ts'
import { considering } from './considering.ts'
import type { LibraryItem, Starter } from './contract.ts'
import { type Item, kitOf, type Language, type Letter, type Made, pick, type Words } from './kit.ts'
import { lostDeals } from './lostDeals.ts'
import { meetings } from './meetings.ts'
import { whitepaper } from './papers.ts'
import { personas } from './personas.ts'
import { requests } from './requests.ts'
import { seminars } from './seminars.ts'
import { sleepers } from './sleepers.ts'

export type { Made } from './kit.ts'

const items: readonly Item[] = [...requests, whitepaper, ...meetings, ...seminars, ...considering, personas, ...lostDeals, ...sleepers]

/** What stands behind a starter; nothing behind the blank one. */
export const itemOf = (starter: Starter): Item | undefined => items.find((one) => one.id === starter)

/** The draft of a new scenario. Every starter but the blank one can be published as it comes, once its trigger is chosen. */
export function starterGraph(starter: Starter, made: Made, language: Language): Graph {
  const item = itemOf(starter)
  return item ? item.graph(kitOf(item, made, language)) : { ...PLAIN, triggers: [], entry: { kind: 'once' }, steps: [] }
}

export interface StarterMail {
  readonly key: string
  readonly name: string
  readonly draft: Draft
}

/**
 * The mails a starter needs, to be made as templates before its scenario.
 * @param link where their buttons lead; without it they have none
 */
export function starterMails(starter: Starter, language: Language, link?: string): StarterMail[] {
  const item = itemOf(starter)
  if (!item) return []
  return item.letters.map((letter) => ({
    key: letter.key,
    name: [item.name, letter.name].map((words) => pick(words, language)).join(language === 'ja' ? '：' : ': '),
    draft: { subject: pick(letter.subject, language), preheader: '', blocks: blocksOf(letter, language, link) },
  }))
}

function blocksOf({ lines, button }: Letter, language: Language, link: string | undefined): Draft['blocks'] {
  const field = (name: string, fallback: string) => ({ type: 'mergeField' as const, attrs: { field: name, fallback } })
  const text = (words: string) => ({ type: 'text' as const, text: words })
  const greeting =
    language === 'ja'
      ? [field('lead.company', ''), { type: 'hardBreak' as const }, field('lead.family_name', 'ご担当者'), text(' 様')]
      : [text('Dear '), field('lead.given_name', 'reader'), text(',')]
  const paragraphs = lines.map((line) => ({ type: 'paragraph' as const, content: [text(pick(line, language))] }))
  return [
    { id: 'greeting', kind: 'text', doc: { type: 'doc', content: [{ type: 'paragraph', content: greeting }] } },
    { id: 'body', kind: 'text', doc: { type: 'doc', content: paragraphs } },
    ...(button && link
      ? [{ id: 'button', kind: 'button' as const, label: pick(button, language), href: link, align: 'center' as const, color: '#4f63d8' }]
      : []),
    { id: 'footer', kind: 'footer', note: '' },
  ]
}

/** Everything in the library, in one language; ids stand for what is only made with the scenario. */
export function libraryItems(language: Language): LibraryItem[] {
  return items.map((item) => {
    const say = (words: Words): string => pick(words, language)
    const stands = (kind: string, key: string): string => hashedId('library', item.id, kind, key)
    const made: Made = {
      mails: Object.fromEntries(item.letters.map(({ key }) => [key, stands('mail', key)])),
      segments: Object.fromEntries(item.segments.map(({ key }) => [key, stands('segment', key)])),
      ...(item.form ? { form: stands('form', 'form') } : {}),
    }
    const graph = starterGraph(item.id, made, language)
    return {
      ...{ id: item.id, purposes: [...item.purposes], name: say(item.name), text: say(item.text), enters: say(item.enters) },
      ...{ needs: item.needs.map(say), asks: [...item.asks], days: Math.ceil(longest(graph.steps)), graph },
      segments: item.segments.map(({ key, name }) => ({ id: stands('segment', key), name: say(name) })),
      score: item.score ? { id: item.score.name, name: item.score.label[language] } : null,
      field: item.field ? item.field[language] : null,
      form: item.form ? { id: stands('form', 'form'), name: say(item.form.name) } : null,
      mails: item.letters.map(({ key, name, subject, lines, button }) => ({
        ...{ id: stands('mail', key), name: say(name), subject: say(subject) },
        ...{ lines: lines.map(say), button: button ? say(button) : null },
      })),
    }
  })
}

const PER_DAY = { minutes: 1_440, hours: 24, days: 1 } as const
/** A working week of five days in seven. */
const CALENDAR = 7 / 5

/** Days that the longest way takes; dates in a person's field are not known. */
function longest(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => {
    const ways = branches(step) ? Math.max(0, ...step.branches.map((one) => longest(one.steps))) : 0
    return sum + lasts(step) + ways
  }, 0)
}

function lasts(step: Step): number {
  if (step.kind === 'await' || (step.kind === 'task' && step.results.length)) return step.within.amount / PER_DAY[step.within.unit]
  if (step.kind !== 'wait') return 0
  if (step.until.kind === 'for') return step.until.amount / PER_DAY[step.until.unit]
  if (step.until.kind === 'bestHour') return step.until.within / 24
  return step.until.kind === 'businessDay' ? step.until.days * CALENDAR : 0
}
