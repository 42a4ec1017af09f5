import { Button, FileButton, Modal, Textarea } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'

/** A scenario's file, chosen or pasted, becomes a draft. */
export function FromText({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords('scenarioText')
  const toast = useToasts()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const make = async () => {
    setBusy(true)
    setFailed(null)
    try {
      const { id, missing } = await client.blueprint.writeScenario({ text })
      await again(api.scenarios.list.key())
      if (missing.length) toast.done(t('missing', { names: missing.map((ref) => ref.replace(/^@[\w-]+\//, '')).join('、') }))
      await navigate({ to: `/scenarios/${id}` as string })
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  const read = (file: File | null) => void file?.text().then(setText)
  return (
    <Modal opened={opened} onClose={onClose} title={t('fromTitle')} size={640} centered closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="stack">
        <p className="muted">{t('fromAbout')}</p>
        <FileButton accept=".yaml,.yml,.txt,application/yaml,text/plain" onChange={read}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<FileUp size={15} />}>
              {t('file')}
            </Button>
          )}
        </FileButton>
        <Textarea
          label={t('paste')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          minRows={10}
          maxRows={18}
          autosize
          spellCheck={false}
          styles={{ input: { fontFamily: 'ui-monospace, monospace', fontSize: 12 } }}
        />
        <ErrorNote error={failed} />
        <div className="drawer-foot">
          <Button variant="default" onClick={onClose}>
            {t('close')}
          </Button>
          <Button onClick={() => void make()} loading={busy} disabled={!text.trim()}>
            {t('make')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
