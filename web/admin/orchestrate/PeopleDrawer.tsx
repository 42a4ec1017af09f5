import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
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
  const step = steps.find((one) => one.id === asked?.step)
  const title = !asked
    ? ''
    : asked.step === 'start'
      ? t('peopleEntered')
      : asked.step === 'end'
        ? t('peopleEnded')
        : asked.way
          ? `${step ? `${say.title(step)}：` : ''}${t('peopleWay', { way: say.way(step, asked.way) })}`
          : `${step ? `${say.title(step)}：` : ''}${t('peopleAt')}`
  return (
    <SideDrawer opened={asked !== null} onClose={onClose} title={title}>
      {asked && <People key={`${asked.step}/${asked.way}`} id={id} asked={asked} steps={steps} say={say} canEdit={canEdit} />}
    </SideDrawer>
  )
}
