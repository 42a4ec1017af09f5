import type { ReactNode } from 'react'
import type { Evidence, Verdict } from '#loop/deliver/truth/evidence/contract.ts'
import { Chip, type Tone } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import type { TimelineEntry } from '../parts/Timeline.tsx'
import { useWords } from '../words/words.tsx'
import { evidenceIn, judgedOf, rejudgedOf, type Swarm } from './swarms.ts'

interface Event {
  readonly id: string
  readonly name: string
  readonly at: string
  readonly props: Readonly<Record<string, unknown>>
}

const TONES: Readonly<Record<Verdict, Tone>> = { human: 'green', machine: 'grey', unknown: 'amber' }

/** The address a link led to, without the scheme. */
export function linkOf(url: unknown): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : null
  if (!parsed) return typeof url === 'string' ? url : ''
  const path = `${parsed.pathname}${parsed.search}`
  return `${parsed.host}${path === '/' ? '' : readable(path)}`
}
const readable = (path: string): string => {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** Who opened and clicked, in words: the mark of a hit, its evidence, and many hits as one entry. */
export function useTruthWords() {
  const t = useWords('truth')
  const f = useFormats()
  const why = (because: readonly Evidence[]): string => f.list(because.map((one) => t(`evidence.${one}`)))

  /** A chip on whatever no person did. */
  const markOf = (event: Pick<Event, 'name' | 'props'>): ReactNode => {
    const verdict = judgedOf(event)?.verdict
    return verdict && verdict !== 'human' ? <Chip tone={TONES[verdict]}>{t(`verdict.${verdict}`)}</Chip> : undefined
  }
  /** Where a click led, and what speaks for its verdict. */
  const metaOf = (event: Pick<Event, 'name' | 'props'>): string[] => {
    const again = rejudgedOf(event)
    if (again) return [`${t(`verdict.${again.from}`)} → ${t(`verdict.${again.to}`)}`, why(again.because)].filter(Boolean)
    const url = event.name === 'mail.clicked' ? [linkOf(event.props['url'])].filter(Boolean) : []
    const judged = judgedOf(event)
    if (!judged) return url
    if (judged.verdict === 'human') return judged.because.length ? [...url, t('human', { why: why(judged.because) })] : url
    const likely = judged.verdict === 'unknown' && judged.likely !== null ? t('likely', { n: judged.likely }) : ''
    return [...url, why(judged.because), judged.network && t('network', { name: judged.network }), likely].filter(Boolean)
  }
  const ofSwarm = ({ swarm, verdict, hits }: Swarm<Event>): TimelineEntry => {
    const newest = hits[0] as Event
    const what = String(newest.props['name'] ?? '')
    return {
      id: swarm,
      name: 'mail.swarm',
      at: newest.at,
      title: t(verdict === 'machine' ? 'machineMany' : 'unknownMany', { what, n: hits.length }),
      box: (
        <details className="visit-pages">
          <summary>{why(evidenceIn(hits)) || t(`verdict.${verdict}`)}</summary>
          <ul>
            {hits.map((hit) => (
              <li key={hit.id}>
                <span className="num muted">{f.time(hit.at)}</span>
                <span className="hit">
                  {hit.name === 'mail.clicked' ? linkOf(hit.props['url']) : t('opened')}
                  <span className="muted"> {why(judgedOf(hit)?.because ?? [])}</span>
                </span>
              </li>
            ))}
          </ul>
        </details>
      ),
    }
  }
  return { markOf, metaOf, ofSwarm }
}
