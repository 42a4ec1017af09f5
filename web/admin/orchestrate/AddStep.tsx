import { Modal } from '@mantine/core'
import type { StepKind } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../words/words.tsx'
import { GROUPS, KINDS, LOOKS } from './kinds.ts'

/** Which step to put here: every kind with one line on what it does. */
export function AddStep({ opened, onClose, onPick }: { opened: boolean; onClose: () => void; onPick: (kind: StepKind) => void }) {
  const t = useWords('orchestrate')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('addStep')}
      size={620}
      closeButtonProps={{ 'aria-label': t('close') }}
      transitionProps={{ duration: 120 }}
      centered
    >
      <div className="sc-kinds">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(`groups.${group}`)}</h3>
            {KINDS.filter((kind) => LOOKS[kind].group === group).map((kind) => {
              const { icon: Icon, hue } = LOOKS[kind]
              return (
                <button key={kind} type="button" className="sc-kind" onClick={() => onPick(kind)}>
                  <span className="ic" data-hue={hue}>
                    <Icon size={17} aria-hidden />
                  </span>
                  <span>
                    <b>{t(`kinds.${kind}`)}</b>
                    <span className="muted">{t(`hints.${kind}`)}</span>
                  </span>
                </button>
              )
            })}
          </section>
        ))}
      </div>
    </Modal>
  )
}
