import { Radio, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type Graph, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { effectOf, type MoveEffect } from '#loop/orchestrate/versions/contract.ts'
import { api } from '../../api.ts'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { useNames } from '../useNames.ts'
import { useSentences } from '../useSentences.ts'
import type { MapPlace, MoveAsk } from './versions.ts'

const END = '\u0000end'
const TONES: Readonly<Record<MoveEffect, Tone>> = { keeps: 'blue', restarts: 'amber', enters: 'violet', ends: 'grey' }

/** The steps of one version by id; of the saved draft when none is named. */
function useStepsOf(id: string, version: number | undefined): ReadonlyMap<string, Step> {
  const published = useQuery({
    ...api.scenarios.version.queryOptions({ input: { id, version: version ?? 1 } }),
    enabled: version !== undefined,
  })
  const draft = useQuery({ ...api.scenarios.get.queryOptions({ input: { id } }), enabled: version === undefined })
  const graph = (version === undefined ? draft.data?.draft : published.data?.graph) as Graph | undefined
  return new Map(stepsOf(graph?.steps ?? []).map((step) => [step.id, step]))
}

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
  const sentences = useSentences(useNames())
  const [were, will] = [useStepsOf(id, from), useStepsOf(id, to)]
  // Most waits bear no name: what tells them apart is how long they last.
  const saying = (steps: ReadonlyMap<string, Step>) => (one: Target) => {
    const step = steps.get(one.step)
    return one.name || (step && sentences.subtitle(step)) || sentences.kind(one.kind as Step['kind'])
  }
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
            <Place key={place.step} place={place} was={saying(were)(place)} targets={targets} say={saying(will)} ask={ask} onAsk={onAsk} />
          ))}
        </ul>
      ) : (
        <p className="muted">{t('nobody')}</p>
      )}
    </div>
  )
}

type Target = { readonly step: string; readonly name: string; readonly kind: string }

interface PlaceProps {
  readonly place: MapPlace
  /** What the place is called. */
  readonly was: string
  readonly targets: readonly Target[]
  readonly say: (target: Target) => string
  readonly ask: MoveAsk
  readonly onAsk: (ask: MoveAsk) => void
}

function Place({ place, was, targets, say, ask, onAsk }: PlaceProps) {
  const t = useWords('scenarioVersions')
  const to = place.step in ask.map ? (ask.map[place.step] ?? null) : place.to
  const effect = effectOf(
    place,
    targets.find((one) => one.step === to),
    ask.waits,
  )
  return (
    <li>
      <span className="sv-place">
        <b className="clip" title={was}>
          {was}
        </b>
        <span className="muted num">{t('standing', { n: place.standing })}</span>
      </span>
      <Select
        size="xs"
        aria-label={`${was}: ${t('target')}`}
        searchable
        allowDeselect={false}
        data={[...targets.map((one, i) => ({ value: one.step, label: `${i + 1}. ${say(one)}` })), { value: END, label: t('end') }]}
        value={to ?? END}
        onChange={(value) => onAsk({ ...ask, map: { ...ask.map, [place.step]: value === END ? null : value } })}
      />
      <Chip tone={TONES[effect]}>{t(`effect.${effect}`)}</Chip>
    </li>
  )
}
