import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { again, api, client, queries } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import { type Choice, InFlight } from './InFlight.tsx'
import { MapEditor } from './MapEditor.tsx'
import type { MoveAsk, Version } from './versions.ts'

interface ModalProps {
  readonly id: string
  readonly version: Version
  readonly items: readonly Version[]
  /** Given: the people of `version` are moved to this one, and nothing is published. */
  readonly to?: Version
  readonly hasChanges: boolean
  readonly onClose: () => void
}

/** Brings an older version back, or moves its people: everybody goes where it is proposed unless it is changed here. */
export function RollbackModal({ id, version, items, to, hasChanges, onClose }: ModalProps) {
  const t = useWords('scenarioVersions')
  const o = useWords('orchestrate')
  const toast = useToasts()
  const [ask, setAsk] = useState<MoveAsk>({ from: version.version, map: {}, waits: 'keep' })
  const [choice, setChoice] = useState<Choice>({
    note: '',
    asks: items.filter((one) => one.active > 0).map((one) => ({ from: one.version, map: {}, waits: 'keep' })),
  })
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const send = async () => {
    setBusy(true)
    setFailed(null)
    try {
      if (to) await client.scenarioVersions.move({ id, from: version.version, map: { ...ask.map }, waits: ask.waits })
      else await client.scenarioVersions.rollback({ id, to: version.version, note: choice.note, moves: [...(choice.asks ?? [])] })
      toast.done(to ? t('moveStarted') : t('rolledBack', { n: version.version }))
      queries.setQueryData(api.scenarios.get.queryKey({ input: { id } }), await client.scenarios.get({ id }))
      await again(api.scenarios.versions.key(), api.scenarioVersions.key(), api.scenarios.list.key())
      onClose()
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  const title = to
    ? t('moveTitle', { from: version.version, to: to.version, n: version.active })
    : t('rollbackTitle', { n: version.version })
  return (
    <Modal opened onClose={onClose} title={title} size="lg" centered closeButtonProps={{ 'aria-label': o('close') }}>
      <div className="stack">
        {to ? (
          <MapEditor id={id} from={version.version} to={to.version} ask={ask} onAsk={setAsk} />
        ) : (
          <>
            <p style={{ margin: 0 }}>
              {t('rollbackText', { n: version.version })}
              {hasChanges && ` ${t('rollbackDraft')}`}
            </p>
            <InFlight id={id} to={version.version} choice={choice} onChoice={setChoice} />
          </>
        )}
        <ErrorNote error={failed} />
        <div className="drawer-foot">
          <Button variant="default" onClick={onClose}>
            {o('close')}
          </Button>
          <Button loading={busy} onClick={() => void send()} data-autofocus>
            {to ? t('moveVerb') : t('rollback')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
