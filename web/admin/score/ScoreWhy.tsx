import '../segment/segment.css'
import './score.css'
import { useQuery } from '@tanstack/react-query'
import { api, type client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useRuleWords } from '../segment/ruleWords.ts'
import { useWords } from '../words/words.tsx'

type Why = Awaited<ReturnType<typeof client.scores.why>>
type Line = Why['lines'][number]

const TONES = { hot: 'red', warm: 'amber', cold: 'grey' } as const

/** Hot, warm or cold. */
export function HeatChip({ heat }: { heat: 'hot' | 'warm' | 'cold' }) {
  const t = useWords('score')
  return <Chip tone={TONES[heat]}>{t(`heats.${heat}`)}</Chip>
}

/** Why a person has this score: five columns, heat, and the ledger that adds up to them. For drawers and the lead page. */
export function ScoreWhy({ person, name = 'main' }: { person: string; name?: string }) {
  const t = useWords('score')
  const f = useFormats()
  const why = useQuery(api.scores.why.queryOptions({ input: { person, name } }))
  if (why.error) return <ErrorNote error={why.error} retry={why.refetch} />
  if (!why.data) return <Skeletons rows={5} height={32} />
  const { columns, heat, rank, rankLabel, decayed, halfLifeDays, heatSince, nextChangeAt, lines, isWhole, recentDays } = why.data
  const counted = lines.filter((line) => line.counts)
  const gone = lines.filter((line) => !line.counts)
  return (
    <div className="stack score-why">
      <div className="verdict">
        <span className="num">{t('whyTotal', { n: columns.total })}</span>
        <HeatChip heat={heat} />
        {rank && <Chip tone="grey">{rankLabel ? `${rank} ${rankLabel}` : rank}</Chip>}
        {heatSince && <span className="muted">{t('since', { at: f.ago(heatSince) })}</span>}
      </div>
      <dl className="sums">
        {(['attribute_plus', 'attribute_minus', 'behaviour_plus', 'behaviour_minus'] as const).map((column) => (
          <div key={column}>
            <dt>{t(`column.${column}`)}</dt>
            <dd className="num">{signed(columns[column])}</dd>
          </div>
        ))}
        <div>
          <dt>{t('recentOf', { n: recentDays })}</dt>
          <dd className="num">{signed(columns.recent)}</dd>
        </div>
        {decayed !== null && halfLifeDays !== null && (
          <div>
            <dt>{t('halving', { n: halfLifeDays })}</dt>
            <dd className="num">{f.number(decayed)}</dd>
          </div>
        )}
      </dl>
      {counted.length === 0 && <p className="muted">{t('whyEmpty')}</p>}
      <Lines lines={counted} />
      {!isWhole && <p className="muted">{t('more', { n: lines.length })}</p>}
      {nextChangeAt && <p className="muted">{t('nextChange', { at: f.instant(nextChangeAt) })}</p>}
      {gone.length > 0 && (
        <details>
          <summary className="muted">{t('whyGone')}</summary>
          <Lines lines={gone} />
        </details>
      )}
    </div>
  )
}

const signed = (n: number): string => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : '0')

function Lines({ lines }: { lines: readonly Line[] }) {
  const t = useWords('score')
  const vocabulary = useQuery(api.scores.vocabulary.queryOptions({ input: {} }))
  const words = useRuleWords({ facts: vocabulary.data?.facts ?? [], events: [], segments: [] })
  return (
    <ul className="ledger">
      {lines.map((line) => (
        <li key={`${line.ruleId}/${line.at}/${line.event?.title ?? ''}`} className={line.counts ? '' : 'gone'}>
          <b className={line.points < 0 ? 'num minus' : 'num'}>{signed(line.points)}</b>
          <span className="clip">
            <span>{line.label || titleOf(line)}</span>
            <span className="muted clip block">{detailOf(line)}</span>
          </span>
          <span className="muted nowrap">{line.counts ? <Ago at={line.at} /> : t(line.endedAt ? 'ended' : 'expired')}</span>
        </li>
      ))}
    </ul>
  )
  function titleOf(line: Line): string {
    if (line.fact) return words.factName(line.fact)
    return line.event ? (line.event.name === 'points.added' ? t('given') : words.eventName(line.event.name)) : t('given')
  }
  function detailOf(line: Line): string {
    if (line.fact)
      return `${words.factName(line.fact)} ${[line.value]
        .flat()
        .map((one) => words.optionName(words.fact(line.fact ?? ''), String(one ?? '—')))
        .join(', ')}`
    return line.event?.title ?? ''
  }
}
