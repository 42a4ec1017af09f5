import { Radio, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { effectOf, type MoveEffect } from '#loop/orchestrate/versions/contract.ts'
import { api } from '../../api.ts'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import type { MapPlace, MoveAsk } from './versions.ts'

const END = '\u0000end'
const TONES: Readonly<Record<MoveEffect, Tone>> = { keeps: 'blue', restarts: 'amber', enters: 'violet', ends: 'grey' }

/**
 * Where people of one version go in another: the proposal of the server, each place to be changed.
 * @param to the version they go to; left out: the saved draft
 */
export function MapEditor({
  id,
  from,
  to,
  ask,
  onAsk,
}: {
  id: string
  from: number
  to?: number
  ask: MoveAsk
  onAsk: (ask: MoveAsk) => void
}) {
  const t = useWords('scenarioVersions')
  const diff = useQuery({
    ...api.scenarioVersions.diff.queryOptions({ input: to === undefined ? { id, from } : { id, from, to } }),
    staleTime: 0,
  })
  if (diff.error) return <ErrorNote error={diff.error} retry={diff.refetch} />
  if (!diff.data) return <Skeletons rows={3} height={40} />
  const { places, targets } = diff.data
  const there = places.filter((place) => place.standing > 0)
  return (
    <div className="stack sv-map">
      <Radio.Group
        label={t('waits')}
        value={ask.waits}
        onChange={(value) => onAsk({ ...ask, waits: value === 'restart' ? 'restart' : 'keep' })}
      >
        <div className="sv-waits">
          <Radio value="keep" size="xs" label={t('waitsKeep')} />
          <Radio value="restart" size="xs" label={t('waitsRestart')} />
        </div>
      </Radio.Group>
      {there.length ? (
        <ul>
          {there.map((place) => (
            <Place key={place.step} place={place} targets={targets} ask={ask} onAsk={onAsk} />
          ))}
        </ul>
      ) : (
        <p className="muted">{t('nobody')}</p>
      )}
    </div>
  )
}

type Target = { readonly step: string; readonly name: string; readonly kind: string }

function Place(props: { place: MapPlace; targets: readonly Target[]; ask: MoveAsk; onAsk: (ask: MoveAsk) => void }) {
  const { place, targets, ask, onAsk } = props
  const t = useWords('scenarioVersions')
  const o = useWords('orchestrate')
  const label = (one: Target, i?: number) => `${i === undefined ? '' : `${i + 1}. `}${one.name || o(`kinds.${one.kind as 'wait'}`)}`
  const to = place.step in ask.map ? (ask.map[place.step] ?? null) : place.to
  const effect = effectOf(
    place,
    targets.find((one) => one.step === to),
    ask.waits,
  )
  return (
    <li>
      <span className="sv-place">
        <b className="clip">{label(place)}</b>
        <span className="muted num">{t('standing', { n: place.standing })}</span>
      </span>
      <Select
        size="xs"
        aria-label={`${label(place)}: ${t('target')}`}
        searchable
        allowDeselect={false}
        data={[...targets.map((one, i) => ({ value: one.step, label: label(one, i) })), { value: END, label: t('end') }]}
        value={to ?? END}
        onChange={(value) => onAsk({ ...ask, map: { ...ask.map, [place.step]: value === END ? null : value } })}
      />
      <Chip tone={TONES[effect]}>{t(`effect.${effect}`)}</Chip>
    </li>
  )
}
