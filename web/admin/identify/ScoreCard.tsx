import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Pairs } from '../parts/Page.tsx'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { ScoreWhy } from '../score/ScoreWhy.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { type Lead, numberFact, RECENT, SCORE } from './lead.ts'

const PARTS = [
  ['score.main.behaviour_plus', 'accent'],
  ['score.main.attribute_plus', 'green'],
  ['score.main.behaviour_minus', 'red'],
  ['score.main.attribute_minus', 'amber'],
] as const
const HEAT = { hot: 'red', warm: 'amber', cold: 'blue' } as const

/** The score, how it came about, and how warm the lead is now. */
export function ScoreCard({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  const s = useWords('score')
  const [ledger, setLedger] = useState(false)
  const { wordOf } = useFactWords()
  const heat = lead.facts['score.main.heat']
  const known = heat === 'hot' || heat === 'warm' || heat === 'cold'
  const longest = Math.max(1, ...PARTS.map(([name]) => Math.abs(numberFact(lead, name))))
  return (
    <Card title={t('scoreCard')} aside={<ScoreBar wide score={numberFact(lead, SCORE)} change={numberFact(lead, RECENT) || undefined} />}>
      <div className="score-lines">
        {PARTS.map(([name, colour]) => (
          <div key={name} className="score-line">
            <span>{wordOf(name)}</span>
            <span className="num muted">{numberFact(lead, name)}</span>
            <span className="track" aria-hidden>
              <i style={{ width: `${(Math.abs(numberFact(lead, name)) / longest) * 100}%`, background: `var(--${colour})` }} />
            </span>
          </div>
        ))}
        <div className="row">
          {known && <Chip tone={HEAT[heat]}>{t(`heat.${heat}`)}</Chip>}
          <Button className="push" size="compact-sm" variant="default" onClick={() => setLedger(true)}>
            {s('why')}
          </Button>
        </div>
      </div>
      <SideDrawer opened={ledger} onClose={() => setLedger(false)} title={s('why')}>
        {ledger && <ScoreWhy person={lead.id} />}
      </SideDrawer>
    </Card>
  )
}

/** What the other rooms know of a lead: stage, visits, runs, deals. */
export function FactsCard({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  const f = useFormats()
  const { wordOf, wordOfValue } = useFactWords()
  const rows = Object.entries(lead.facts).filter(
    ([name, value]) =>
      !name.startsWith('score.') &&
      !/(^|\.)stage$/.test(name) &&
      value !== null &&
      value !== 0 &&
      value !== '' &&
      value !== false &&
      !(Array.isArray(value) && !value.length),
  )
  if (!rows.length) return null
  const show = (name: string, value: Lead['facts'][string]): string => {
    if (typeof value === 'number') return f.number(value)
    if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? f.instant(value) : wordOfValue(name, value)
    return Array.isArray(value) ? f.list(value.map((one) => wordOfValue(name, one))) : value ? '✓' : '—'
  }
  return (
    <Card title={t('facts')}>
      <Pairs items={rows.map(([name, value]) => [wordOf(name), show(name, value)] as const)} />
    </Card>
  )
}

/** The words rooms gave their facts. */
function useFactWords(): { wordOf: (name: string) => string; wordOfValue: (name: string, value: string) => string } {
  const { language } = useLanguage()
  const facts = useQuery({ ...api.fields.facts.queryOptions({ input: {} }), staleTime: 300_000 })
  const factOf = (name: string) => facts.data?.items.find((fact) => fact.name === name)
  return {
    wordOf: (name) => factOf(name)?.[language].replace(/^(スコア：|Score: )/, '') ?? name,
    wordOfValue: (name, value) => factOf(name)?.options.find((option) => option.value === value)?.[language] ?? value,
  }
}
