import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { StageChip } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import type { Column } from '../parts/grid.ts'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { type LeadLine, nameOf, numberFact, RECENT, SCORE, stageOf } from './lead.ts'
import { useEventWords } from './useEventWords.tsx'

export interface FactShown {
  readonly name: string
  readonly type: string
  readonly ja: string
  readonly en: string
  readonly group: string
  readonly options: readonly { readonly value: string; readonly ja: string; readonly en: string }[]
}

/** Everything that may be known of a lead. Asked only when a column or the chooser needs it. */
export function useFacts(enabled: boolean): readonly FactShown[] {
  const facts = useQuery({ ...api.fields.facts.queryOptions({ input: {} }), staleTime: 300_000, enabled })
  return facts.data?.items ?? []
}

/** The columns of the lead list in their order. */
export function useLeadColumns(keys: readonly string[], facts: readonly FactShown[]): Column<LeadLine>[] {
  const t = useWords('identify')
  const own = useOwnColumns()
  const factColumn = useFactColumn()
  const name: Column<LeadLine> = {
    key: 'name',
    head: t('name'),
    width: 'minmax(240px,1.2fr)',
    phone: 'title',
    cell: (row) => (
      <span className="lead-name">
        <Avatar name={nameOf(row, t('noName'))} />
        <b className="clip">{nameOf(row, t('noName'))}</b>
        <span className="muted clip">{row.mail}</span>
      </span>
    ),
  }
  return [
    name,
    ...keys.flatMap((key) => {
      const found = own[key]
      if (found) return [found]
      const fact = facts.find((one) => one.name === key)
      return fact ? [factColumn(fact)] : []
    }),
  ]
}

function useOwnColumns(): Readonly<Record<string, Column<LeadLine>>> {
  const t = useWords('identify')
  const l = useWords('lists')
  const words = useEventWords()
  const dash = <span className="muted">—</span>
  const at = (value: string | null) => (value ? <Ago at={value} /> : dash)
  const columns: Column<LeadLine>[] = [
    {
      key: 'companyName',
      head: t('company'),
      width: 'minmax(200px,1fr)',
      phone: 'sub',
      cell: (row) => (
        <span className="clip">
          {row.companyName ?? ''} <span className="muted">{[row.department, row.title].filter(Boolean).join(' ')}</span>
        </span>
      ),
    },
    { key: 'sales.stage', head: t('stage'), width: '104px', cell: (row) => <StageChip stage={stageOf(row) ?? 'new'} />, phone: 'side' },
    {
      key: SCORE,
      head: t('score'),
      width: '156px',
      cell: (row) => <ScoreBar score={numberFact(row, SCORE)} change={numberFact(row, RECENT) || undefined} />,
      phone: 'side',
    },
    {
      key: 'owner',
      head: t('owner'),
      width: '96px',
      cell: (row) => (row.ownerName ? <span className="clip">{row.ownerName}</span> : dash),
    },
    {
      key: 'last',
      head: t('last'),
      width: 'minmax(200px,1fr)',
      cell: (row) => {
        const action = row.lastAction
        if (!action) return dash
        return (
          <span className="lead-last">
            <span className="clip">{words({ id: row.id, historic: false, ...action }).title}</span>
            <span className="muted">
              <Ago at={action.at} />
            </span>
          </span>
        )
      },
    },
    { key: 'mail', head: t('mail'), width: 'minmax(180px,1fr)', cell: (row) => <span className="clip">{row.mail ?? ''}</span> },
    { key: 'tags', head: t('tags'), width: 'minmax(120px,.8fr)', cell: (row) => <span className="clip">{row.tags.join('、')}</span> },
    {
      key: 'priority',
      head: t('priority'),
      width: '80px',
      cell: (row) =>
        row.priority === 'high' || row.priority === 'middle' || row.priority === 'low' ? l(`priorities.${row.priority}`) : dash,
    },
    { key: 'externalId', head: t('externalId'), width: '130px', cell: (row) => <span className="clip">{row.externalId ?? ''}</span> },
    { key: 'createdAt', head: t('createdAt'), width: '120px', cell: (row) => at(row.createdAt) },
    { key: 'lastSeenAt', head: t('lastSeen'), width: '120px', cell: (row) => at(row.lastSeenAt) },
  ]
  return Object.fromEntries(columns.map((column) => [column.key, column]))
}

function useFactColumn(): (fact: FactShown) => Column<LeadLine> {
  const { language } = useLanguage()
  const f = useFormats()
  const worded = (fact: FactShown, value: string) => fact.options.find((one) => one.value === value)?.[language] ?? value
  const textOf = (fact: FactShown, value: LeadLine['facts'][string] | undefined): string => {
    if (value === null || value === undefined) return ''
    if (Array.isArray(value)) return f.list(value.map((one) => worded(fact, one)))
    if (typeof value === 'boolean') return value ? '○' : ''
    if (typeof value === 'number') return f.number(value)
    return fact.type === 'date' ? value.slice(0, 10) : worded(fact, value)
  }
  return (fact) => {
    const isNumber = fact.type === 'number' || fact.type === 'money'
    return {
      key: fact.name,
      head: <span title={fact[language]}>{fact[language]}</span>,
      width: isNumber ? '120px' : 'minmax(120px,.8fr)',
      ...(isNumber ? { align: 'end' as const } : {}),
      cell: (row) => {
        const value = row.facts[fact.name]
        if (fact.type === 'datetime' && typeof value === 'string') return <Ago at={value} />
        return <span className={isNumber ? 'num' : 'clip'}>{textOf(fact, value)}</span>
      },
    }
  }
}
