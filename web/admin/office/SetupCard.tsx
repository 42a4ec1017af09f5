import '../access/access.css'
import { Button, FileButton } from '@mantine/core'
import { Download, Upload } from 'lucide-react'
import { useState } from 'react'
import { client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Change = Awaited<ReturnType<typeof client.blueprint.plan>>['changes'][number]
const TONES = { add: 'green', change: 'blue', same: 'grey', skip: 'amber' } as const

/** The set-up as a zip of text files: out, and in again with a look at what would change. */
export function SetupCard() {
  const t = useWords('office')
  const toast = useToasts()
  const { may } = useSession()
  const [zip, setZip] = useState('')
  const [changes, setChanges] = useState<Change[] | null>(null)
  const [busy, setBusy] = useState(false)
  const run = (work: Promise<unknown>) => {
    setBusy(true)
    work.catch(toast.failed).finally(() => setBusy(false))
  }
  const pick = (file: File | null) => {
    if (file)
      run(
        readBase64(file).then(async (text) => {
          setZip(text)
          setChanges((await client.blueprint.plan({ zip: text })).changes)
        }),
      )
  }
  const apply = () =>
    run(
      client.blueprint.apply({ zip }).then(({ changes: done }) => {
        toast.done(t('setupApplied', { n: done.filter(({ what }) => what === 'add' || what === 'change').length }))
        setChanges(null)
      }),
    )
  if (!may('settings.write')) return null
  return (
    <Card title={t('setup')}>
      <p>{t('setupText')}</p>
      <div className="row wrap">
        <Button component="a" href="/api/blueprint/setup.zip" download variant="default" leftSection={<Download size={15} />}>
          {t('setupExport')}
        </Button>
        <FileButton accept=".zip,application/zip" onChange={pick}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<Upload size={15} />} loading={busy}>
              {t('setupImport')}
            </Button>
          )}
        </FileButton>
      </div>
      {changes && <Plan changes={changes} busy={busy} apply={apply} />}
    </Card>
  )
}

function Plan({ changes, busy, apply }: { changes: readonly Change[]; busy: boolean; apply: () => void }) {
  const t = useWords('office')
  const shown = changes.filter(({ what }) => what !== 'same')
  const n = shown.filter(({ what }) => what !== 'skip').length
  if (!shown.length) return <p className="muted office-gap">{t('setupNothing')}</p>
  return (
    <>
      <div className="setup-list">
        <table className="office-table">
          <thead>
            <tr>
              <th>{t('object')}</th>
              <th>{t('what')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((change) => (
              <tr key={change.path}>
                <td>
                  <span className="who-stack">
                    <b>{change.path}</b>
                    <span className="muted">{change.reason || change.where.join(', ')}</span>
                  </span>
                </td>
                <td>
                  <Chip tone={TONES[change.what]}>{t(`setupChange.${change.what}`)}</Chip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted">{t('setupDraftHint')}</p>
      <div className="settings-foot">
        <Button onClick={apply} loading={busy} disabled={n === 0}>
          {t('setupApply', { n })}
        </Button>
      </div>
    </>
  )
}

/** A file's bytes in base64. */
function readBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '')
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}
