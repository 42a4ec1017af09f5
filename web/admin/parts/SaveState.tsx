import { useWords } from '../words/words.tsx'
import { useFormats } from './formats.ts'

/** Says whether the work is safe: 「保存済み 10:42」, 「保存中…」, 「未保存の変更があります」. */
export function SaveState({
  saving,
  dirty,
  savedAt,
  failed,
}: {
  saving?: boolean
  dirty?: boolean
  savedAt?: string | Date | null | undefined
  failed?: boolean
}) {
  const t = useWords('parts')
  const f = useFormats()
  const words = failed
    ? t('failedSave')
    : saving
      ? t('saving')
      : dirty
        ? t('unsaved')
        : savedAt
          ? t('saved', { time: f.time(savedAt) })
          : ''
  return (
    <span className="muted num nowrap" role="status" style={failed ? { color: 'var(--red)' } : undefined}>
      {words}
    </span>
  )
}
