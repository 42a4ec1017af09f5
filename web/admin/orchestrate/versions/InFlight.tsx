import './versions.css'
import { Radio, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api.ts'
import { useWords } from '../../words/words.tsx'
import { MapEditor } from './MapEditor.tsx'
import type { MoveAsk } from './versions.ts'

/** What is chosen for people on their way when something is published. Null: they stay. */
export interface Choice {
  readonly note: string
  readonly asks: readonly MoveAsk[] | null
}

/**
 * Whether people on their way stay on their version or are moved, and where to; and the note of the version.
 * @param to the version they would go to; left out: the saved draft
 */
export function InFlight({ id, to, choice, onChoice }: { id: string; to?: number; choice: Choice; onChoice: (choice: Choice) => void }) {
  const t = useWords('scenarioVersions')
  const list = useQuery(api.scenarios.versions.queryOptions({ input: { id } }))
  const peopled = list.data?.items.filter((one) => one.active > 0) ?? []
  const n = peopled.reduce((sum, one) => sum + one.active, 0)
  const blank = (): MoveAsk[] => peopled.map((one) => ({ from: one.version, map: {}, waits: 'keep' }))
  const change = (ask: MoveAsk) => onChoice({ ...choice, asks: (choice.asks ?? []).map((one) => (one.from === ask.from ? ask : one)) })
  return (
    <div className="stack">
      {n > 0 && (
        <Radio.Group
          label={t('inFlight', { n })}
          value={choice.asks ? 'move' : 'stay'}
          onChange={(value) => onChoice({ ...choice, asks: value === 'move' ? blank() : null })}
        >
          <div className="stack sv-choice">
            <Radio value="stay" label={t('stay')} description={t('stayText')} />
            <Radio value="move" label={t('moveAll')} description={t('moveAllText')} />
          </div>
        </Radio.Group>
      )}
      {choice.asks?.map((ask) => (
        <fieldset key={ask.from} className="sv-from">
          {choice.asks && choice.asks.length > 1 && <legend>{t('from', { n: ask.from })}</legend>}
          <MapEditor id={id} from={ask.from} {...(to === undefined ? {} : { to })} ask={ask} onAsk={change} />
        </fieldset>
      ))}
      <TextInput
        label={t('note')}
        placeholder={t('notePlaceholder')}
        maxLength={500}
        value={choice.note}
        onChange={(event) => onChoice({ ...choice, note: event.currentTarget.value })}
      />
    </div>
  )
}
