import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import { again, api, client, queries } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { later } from '../parts/later.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { EditorTopProps } from './editorProps.ts'
import type { Choice } from './versions/InFlight.tsx'

const InFlight = later(() => import('./versions/InFlight.tsx').then((m) => m.InFlight))

type ModalProps = EditorTopProps & { readonly opened: boolean; readonly onClose: () => void }

const keep = (answer: unknown, id: string): void => {
  queries.setQueryData(api.scenarios.get.queryKey({ input: { id } }), answer as ScenarioDetail)
  void again(api.scenarios.versions.key(), api.scenarios.list.key())
}

/** Says what publishing does to whom, then publishes. */
export function PublishModal({ detail, draft, opened, onClose }: ModalProps) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const [choice, setChoice] = useState<Choice>({ note: '', asks: null })
  // The map is proposed from the draft that is saved: what stands on the screen is saved before it is asked for.
  const choose = (next: Choice) => {
    if (next.asks && !choice.asks) void draft.flush().then(() => setChoice(next), setFailed)
    else setChoice(next)
  }
  const send = async () => {
    setBusy(true)
    setFailed(null)
    try {
      const revision = await draft.flush()
      const moves = choice.asks?.map((one) => ({ ...one }))
      const answer = await client.scenarios.publish({ id: detail.id, revision, note: choice.note, ...(moves ? { moves } : {}) })
      keep(answer, detail.id)
      toast.done(t('published', { n: answer.liveVersion ?? 1 }))
      setChoice({ note: '', asks: null })
      onClose()
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('publishTitle')}
      size={detail.liveVersion === null ? 'md' : 'lg'}
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className="stack">
        {detail.liveVersion === null && <p style={{ margin: 0 }}>{t('publishFirst')}</p>}
        {detail.liveVersion !== null && <InFlight id={detail.id} choice={choice} onChoice={choose} />}
        <ErrorNote error={failed} />
        <div className="drawer-foot">
          <Button variant="default" onClick={onClose}>
            {t('close')}
          </Button>
          <Button loading={busy} onClick={() => void send()} data-autofocus>
            {t('publish')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

/** Stopping has two ways for people on theirs. */
export function StopModal({ detail, active, opened, onClose }: ModalProps) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const send = (endRuns: boolean) =>
    client.scenarios.setState({ id: detail.id, to: 'stopped', endRuns }).then((answer) => {
      keep(answer, detail.id)
      toast.done(t('stopped'))
      onClose()
    }, toast.failed)
  return (
    <Modal opened={opened} onClose={onClose} title={t('stopTitle')} centered closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p style={{ margin: 0 }}>{t('stopText', { n: active })}</p>
        <div className="drawer-foot">
          <Button variant="default" onClick={onClose}>
            {t('close')}
          </Button>
          <Button variant="default" onClick={() => void send(false)}>
            {t('stopFinish')}
          </Button>
          <Button color="red" onClick={() => void send(true)}>
            {t('stopEnd')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
