import type { ReactNode } from 'react'
import { STOP_REASONS } from '#loop/deliver/feedback/reasons/contract.ts'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { ASKED, STATUS_WORDS } from '#loop/sales/qualify/asked/contract.ts'
import { isStage, type Stage } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import type { TimelineEntry } from '../parts/Timeline.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { ChangedValues, hasValues } from './ChangedValues.tsx'
import { useFieldName } from './fieldShow.ts'
import { useTruthWords } from './useTruthWords.tsx'

interface Event {
  readonly id: string
  readonly name: string
  readonly at: string
  readonly historic: boolean
  readonly props: Readonly<Record<string, unknown>>
  readonly points?: number | null
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')
const pathOf = (url: unknown): string => {
  const parsed = URL.parse(textOf(url))
  return parsed ? `${decode(parsed.pathname)}` : textOf(url)
}
const decode = (path: string): string => {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
const NAMED = [
  'formName',
  'companyName',
  'subject',
  'segmentName',
  'scenarioName',
  'dealName',
  'title',
  'name',
  'label',
  'text',
  'file',
  'href',
  'reason',
  'kind',
] as const

/** Why somebody has another owner, where rules say so. */
const OWNER_WHY: Readonly<Record<string, string>> = {
  rule: 'owner.rule',
  company: 'owner.company',
  neglected: 'owner.neglected',
  undo: 'owner.undo',
}

/** An event of the journal as a line of the timeline, in the user's words. */
export function useEventWords(): (event: Event) => TimelineEntry {
  const t = useWords('identify')
  const parts = useWords('parts')
  const sales = useWords('sales')
  const f = useFormats()
  const { language } = useLanguage()
  const keyOf = (name: string) => `event.${name.replaceAll('.', '_')}` as never
  const wordOf = (list: readonly { value: string; ja: string; en: string }[], value: string): string =>
    list.find((one) => one.value === value)?.[language] ?? value
  const fieldWord = useFieldName()
  const truth = useTruthWords()
  const whatOf = ({ name, props }: Event): string => {
    if (name === 'field.changed' && Array.isArray(props['fields'])) return f.list(props['fields'].map((field) => fieldWord(String(field))))
    if (name === 'consent.given') return wordOf(vocabulary.bases, textOf(props['basis']))
    if (name === 'consent.withdrawn') return wordOf(vocabulary.stops, textOf(props['reason']))
    if (name === 'heat.changed') {
      const heat = textOf(props['to'] ?? props['heat'])
      return heat === 'hot' || heat === 'warm' || heat === 'cold' ? t(`heat.${heat}`) : heat
    }
    if (name === 'owner.assigned') return textOf(props['ruleName']) || '—'
    if (name === 'qualification.changed') {
      const asked = ASKED[props['framework'] === 'champ' ? 'champ' : 'bant'].find((one) => one.field === props['field'])
      return `${asked?.[language] ?? textOf(props['field'])}: ${wordOf(STATUS_WORDS, textOf(props['to']))}`
    }
    if (name === 'lead.parked') return [textOf(props['until']), textOf(props['reason'])].filter(Boolean).join(' ')
    if (name === 'rank.changed') return textOf(props['to']) || '—'
    if (name === 'stage.changed' && isStage(textOf(props['to']))) return parts(`stage.${textOf(props['to']) as Stage}`)
    if (name === 'signal.raised' && sales.has(`kind.${textOf(props['kind'])}` as never))
      return sales(`kind.${textOf(props['kind'])}` as never)
    return textOf(NAMED.map((key) => props[key]).find((value) => textOf(value) !== '')) || '—'
  }
  const titleOf = (event: Event): ReactNode => {
    const { name, props } = event
    if (name === 'page.viewed') {
      const title = textOf(props['title']) || pathOf(props['url'] ?? props['path']) || t('event.pageUntitled')
      return (
        <>
          <b>{title}</b>
          {t('event.page_viewed')}
        </>
      )
    }
    if (name === 'page.left') return t('event.page_left', { span: f.span(Number(props['engaged'] ?? 0)) })
    const key = name === 'owner.assigned' ? (OWNER_WHY[textOf(props['why'])] ?? name) : name
    if (!t.has(keyOf(key))) return name.replace(/^custom\./, '')
    const what = whatOf(event)
    const text: string = t(keyOf(key), { what, n: Number(props['total'] ?? props['score'] ?? props['days'] ?? 0) } as never)
    const [before, after] = cut(text, what)
    return after === undefined ? (
      text
    ) : (
      <>
        {before}
        <b>{what}</b>
        {after}
      </>
    )
  }
  const metaOf = (event: Event): ReactNode => {
    const { name, props, historic } = event
    const parts = [
      ...truth.metaOf(event),
      name.startsWith('page.') ? pathOf(props['url'] ?? props['path']) : '',
      name === 'field.changed' ? textOf(props['by']) : '',
      name === 'mail.unsubscribed' ? wordOf(STOP_REASONS, textOf(props['reason'])) : '',
      name === 'form.submitted' || name.startsWith('lead.') ? textOf(props['source']) : '',
      textOf(props['referrer']) && name === 'page.viewed' ? (URL.parse(textOf(props['referrer']))?.hostname ?? '') : '',
      historic ? t('historic') : '',
    ].filter(Boolean)
    return parts.length ? parts.join(' ・ ') : undefined
  }
  return (event) => ({
    id: event.id,
    name: event.name,
    at: event.at,
    title: titleOf(event),
    mark: truth.markOf(event),
    meta: metaOf(event),
    points: event.points,
    box: hasValues(event.props['values']) ? <ChangedValues values={event.props['values']} /> : boxOf(event),
  })
}

/** The text around the first place of a part; one piece when the part is not in it. */
function cut(text: string, part: string): readonly [string, string?] {
  const at = part.length > 1 ? text.indexOf(part) : -1
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + part.length)]
}

/** What was answered in a form, quoted under its line. */
function boxOf({ name, props }: Event): ReactNode {
  const answers = props['answers']
  if (name !== 'form.submitted' || !Array.isArray(answers) || !answers.length) return undefined
  return answers.map((answer: unknown, index) => {
    const { label, value } = answer as { label?: unknown; value?: unknown }
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list
      <span key={index} className="answer">
        <span className="muted">{textOf(label)}</span> {textOf(value)}
      </span>
    )
  })
}
