import '../preview.css'
import { SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'

type Size = 'desktop' | 'phone' | 'plain'

/** The mail as the server makes it, in a frame that can run nothing. */
export function Preview({ draft }: { draft: Draft }) {
  const t = useWords('deliver')
  const [size, setSize] = useState<Size>('desktop')
  const [settled] = useDebouncedValue(draft, 400)
  const shown = useQuery({
    queryKey: ['preview', settled],
    queryFn: () => client.templates.preview({ draft: settled }),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const warnings = (shown.data?.warnings ?? []).filter((w): w is 'clipped' | 'imageMissing' | 'altMissing' =>
    ['clipped', 'imageMissing', 'altMissing'].includes(w),
  )
  return (
    <div className="canvas">
      <div className="preview-bar">
        <SegmentedControl
          size="xs"
          aria-label={t('preview')}
          value={size}
          onChange={(to) => setSize(to as Size)}
          data={(['desktop', 'phone', 'plain'] as const).map((key) => ({ value: key, label: t(key) }))}
        />
        {warnings.map((warning) => (
          <span className="hint-warn" key={warning}>
            <TriangleAlert size={14} aria-hidden />
            {t(`warning.${warning}`)}
          </span>
        ))}
      </div>
      <ErrorNote error={shown.error} retry={shown.refetch} />
      {shown.isPending && <Skeletons rows={6} />}
      {shown.data && (
        <div className={`preview ${size}`}>
          <div className="preview-subject">
            <b>{shown.data.subject}</b>
            <span className="muted">{draft.preheader}</span>
          </div>
          {size === 'plain' ? (
            <pre className="plain-mail">{shown.data.text}</pre>
          ) : (
            <iframe title={t('preview')} sandbox="allow-popups allow-popups-to-escape-sandbox" srcDoc={withBase(shown.data.html)} />
          )}
        </div>
      )}
    </div>
  )
}

/** Links open beside the app, never inside the frame. */
export const withBase = (html: string) => html.replace('<head>', '<head><base target="_blank">')
