import './text.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Copy, Download } from 'lucide-react'
import { useEffect } from 'react'
import { api } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import type { PanelProps } from '../panelProps.ts'

/** The saved draft as a file people can read. */
export function TextPanel({ id, draft }: PanelProps) {
  const t = useWords('scenarioText')
  const toast = useToasts()
  const found = useQuery({ ...api.blueprint.readScenario.queryOptions({ input: { id } }), gcTime: 0, enabled: false })
  const { refetch } = found
  // What stands on the screen is saved before it is read, so that the text is never older than the canvas.
  useEffect(
    () =>
      void draft.flush().then(
        () => refetch(),
        () => refetch(),
      ),
    [draft.flush, refetch],
  )
  if (!found.data)
    return <div className="page">{found.error ? <ErrorNote error={found.error} retry={found.refetch} /> : <Skeletons rows={8} />}</div>
  const { text, fileName } = found.data
  const copy = () => navigator.clipboard.writeText(text).then(() => toast.done(t('copied')), toast.failed)
  const save = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }))
    link.download = fileName
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <div className="page">
      <section className="card" aria-label={t('heading')}>
        <div className="card-head wrap">
          <h2>{t('heading')}</h2>
          <span className="row push sc-text-acts">
            <Button size="xs" variant="default" leftSection={<Copy size={14} />} onClick={() => void copy()}>
              {t('copy')}
            </Button>
            <Button size="xs" variant="default" leftSection={<Download size={14} />} onClick={save}>
              {t('download')}
            </Button>
          </span>
        </div>
        <p className="sc-text-about muted">
          {t('about')} {t('refs')}
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by the keyboard too */}
        <pre className="sc-text" tabIndex={0}>
          {text}
        </pre>
      </section>
    </div>
  )
}
