import { Button, Radio, SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../../api.ts'
import { Card } from '../../parts/Page.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import type { PanelProps } from '../panelProps.ts'

const MONTHS = ['1', '3', '6', '12'] as const
type Assumption = 'none' | 'historic'

/** What to play, over how long, compared with what, and how silence is taken. */
export function StartForm({ id, draft, onStarted }: Pick<PanelProps, 'id' | 'draft'> & { onStarted: (id: string) => void }) {
  const t = useWords('simulate')
  const toast = useToasts()
  const [months, setMonths] = useState<string>('6')
  const [which, setWhich] = useState('draft')
  const [other, setOther] = useState('')
  const [assumption, setAssumption] = useState<Assumption>('none')
  const [busy, setBusy] = useState(false)
  const choices = useChoices(id)
  const start = async () => {
    setBusy(true)
    try {
      await draft.flush()
      const made = await client.simulations.start({
        scenario: id,
        which: whichOf(which),
        other: other ? otherOf(id, other) : null,
        months: Number(months),
        assumption,
      })
      await again(api.simulations.list.key())
      onStarted(made.id)
    } catch (error) {
      toast.failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card title={t('title')}>
      <p className="muted sm-text">{t('text')}</p>
      <div className="sm-form">
        <div className="sm-field">
          <span className="sm-label" id="sm-months">
            {t('months')}
          </span>
          <SegmentedControl
            fullWidth
            aria-labelledby="sm-months"
            value={months}
            onChange={setMonths}
            data={MONTHS.map((n) => ({ value: n, label: t('nMonths', { n: Number(n) }) }))}
          />
        </div>
        <Select label={t('which')} value={which} onChange={(to) => setWhich(to ?? 'draft')} data={choices.own} allowDeselect={false} />
        <Select
          label={t('other')}
          value={other}
          onChange={(to) => setOther(to ?? '')}
          data={[{ value: '', label: t('noOther') }, ...choices.others.filter((one) => one.value !== `own:${which}`)]}
          allowDeselect={false}
          searchable={choices.others.length > 8}
        />
      </div>
      <Radio.Group
        label={t('answers')}
        description={t('answersHint')}
        value={assumption}
        onChange={(to) => setAssumption(to as Assumption)}
        className="sm-answers"
      >
        <div className="row wrap sm-radios">
          <Radio value="none" label={t('none')} />
          <Radio value="historic" label={t('historic')} />
        </div>
      </Radio.Group>
      <Button leftSection={<Play size={15} />} loading={busy} disabled={!draft.graph.steps.length} onClick={() => void start()}>
        {t('start')}
      </Button>
      {!draft.graph.steps.length && <p className="muted">{t('noSteps')}</p>}
    </Card>
  )
}

type Which = { kind: 'draft' } | { kind: 'recorded' } | { kind: 'version'; version: number }
const whichOf = (value: string): Which =>
  value === 'draft' || value === 'recorded' ? { kind: value } : { kind: 'version', version: Number(value) }
const otherOf = (id: string, value: string): { scenario: string; which: Which } =>
  value.startsWith('own:') ? { scenario: id, which: whichOf(value.slice(4)) } : { scenario: value, which: { kind: 'draft' } }

function useChoices(id: string) {
  const t = useWords('simulate')
  const versions = useQuery(api.scenarios.versions.queryOptions({ input: { id } })).data?.items ?? []
  const scenarios = useQuery(api.scenarios.list.queryOptions({ input: { limit: 200 } })).data?.items ?? []
  const own = [
    { value: 'draft', label: t('draft') },
    ...(versions.length ? [{ value: 'recorded', label: t('recorded') }] : []),
    ...versions.map(({ version }) => ({ value: String(version), label: t('version', { n: version }) })),
  ]
  const others = [
    ...own.map((one) => ({ ...one, value: `own:${one.value}` })),
    ...scenarios
      .filter((one) => one.id !== id && one.steps > 0)
      .map((one) => ({ value: one.id, label: t('otherScenario', { name: one.name }) })),
  ]
  return { own, others }
}
