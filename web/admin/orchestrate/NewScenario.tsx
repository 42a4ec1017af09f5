import { Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense } from 'react'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'

const Library = lazy(() => import('./library/Library.tsx').then((file) => ({ default: file.Library })))

/** The library first: a scenario begins from what many need, or blank. */
export function NewScenario({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords('orchestrate')
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('createTitle')}
      size={1120}
      fullScreen={phone}
      centered
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Suspense fallback={<Skeletons />}>
        <Library phone={phone} />
      </Suspense>
    </Modal>
  )
}
