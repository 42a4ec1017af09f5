import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import { type Asked, People } from './people/People.tsx'
import type { Sentences } from './useSentences.ts'

/** The people behind a number of the canvas, each with the reason. */
export function PeopleDrawer({
  id,
  asked,
  steps,
  say,
  canEdit,
  onClose,
}: {
  id: string
  asked: Asked | null
  steps: readonly Step[]
  say: Sentences
  canEdit: boolean
  onClose: () => void
}) {
  const t = useWords('orchestrate')
  const w = useWords('scenarioPeople')
  const f = useFormats()
  const titleOf = ({ step: id, way }: Asked): string => {
    if (id === 'start') return w('entered')
    if (id === 'end') return f.pair(w('ended'), t(`how.${(way ?? 'completed') as 'completed'}`))
    const step = steps.find((one) => one.id === id)
    const mailed = `mailed.${(way ?? '').slice('mail.'.length) as 'sent'}` as const
    const what = way?.startsWith('mail.') ? w(mailed) : way ? w('way', { way: say.way(step, way) }) : w('at')
    return step ? f.pair(say.title(step), what) : what
  }
  return (
    <SideDrawer opened={asked !== null} onClose={onClose} title={asked ? titleOf(asked) : ''}>
      {asked && <People key={`${asked.step}/${asked.way}`} id={id} asked={asked} steps={steps} say={say} canEdit={canEdit} />}
    </SideDrawer>
  )
}
