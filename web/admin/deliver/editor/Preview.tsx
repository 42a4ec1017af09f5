import '../preview.css'
import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { PenLine } from 'lucide-react'
import { useState } from 'react'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { askedAs, type Reader, ReaderFields } from './ReaderFields.tsx'
import { Warnings } from './Warnings.tsx'

type Size = 'desktop' | 'phone' | 'plain'

/** The mail as the server makes it, for a lead of the company, in a frame that can run nothing. */
export function Preview({
  draft,
  onText,
  reader,
  onReader,
  onChoose,
}: {
  draft: Draft
  onText?: (text: string | undefined) => void
  reader: Reader
  onReader: (reader: Reader) => void
  onChoose: (blockId: string) => void
}) {
  const t = useWords('deliver')
  const words = useWords('templates')
  const f = useFormats()
  const [size, setSize] = useState<Size>('desktop')
  const [scheme, setScheme] = useState<'light' | 'dark'>('light')
  const [settled] = useDebouncedValue(draft, 400)
  const shown = useQuery({
    queryKey: ['preview', settled, reader],
    queryFn: () => client.templates.preview({ draft: settled, ...askedAs(reader) }),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const plain = shown.data?.plain
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
        {size !== 'plain' && (
          <SegmentedControl
            size="xs"
            aria-label={words('editor.scheme')}
            value={scheme}
            onChange={(to) => setScheme(to as 'light')}
            data={(['light', 'dark'] as const).map((key) => ({ value: key, label: words(`editor.${key}`) }))}
          />
        )}
        {shown.data && <span className="muted tiny num">{words('editor.kilobytes', { n: f.decimal(shown.data.bytes / 1024) })}</span>}
        <ReaderFields draft={draft} reader={reader} onChange={onReader} />
      </div>
      <Warnings warnings={shown.data?.warnings ?? []} places={shown.data?.places ?? []} onPlace={onChoose} />
      <ErrorNote error={shown.error} retry={shown.refetch} />
      {shown.isPending && <Skeletons rows={6} />}
      {shown.data && (
        <div className={`preview ${size}`}>
          <div className="preview-subject">
            <b>{shown.data.subject}</b>
            <span className="muted">{draft.preheader}</span>
          </div>
          {size === 'plain' ? (
            <>
              {onText && (
                <div className="own-text">
                  {draft.text === undefined ? (
                    <Button size="compact-sm" variant="default" leftSection={<PenLine size={14} />} onClick={() => onText(plain ?? '')}>
                      {words('editor.textOwn')}
                    </Button>
                  ) : (
                    <>
                      <Textarea
                        aria-label={words('editor.textPart')}
                        description={words('editor.textHint')}
                        autosize
                        minRows={8}
                        maxLength={50_000}
                        value={draft.text}
                        onChange={(e) => onText(e.currentTarget.value)}
                      />
                      <Button size="compact-sm" variant="subtle" onClick={() => onText(undefined)}>
                        {words('editor.textBack')}
                      </Button>
                    </>
                  )}
                </div>
              )}
              <pre className="plain-mail">{shown.data.text}</pre>
            </>
          ) : (
            <iframe
              title={t('preview')}
              className={scheme}
              sandbox="allow-popups allow-popups-to-escape-sandbox"
              srcDoc={inScheme(withBase(shown.data.html), scheme)}
            />
          )}
        </div>
      )}
    </div>
  )
}

/** The scheme is chosen here, not taken from this machine: the mail's dark rules apply always or never. */
const inScheme = (html: string, scheme: 'light' | 'dark') =>
  html.replaceAll('@media (prefers-color-scheme: dark)', scheme === 'dark' ? '@media all' : '@media not all')

/** Links open beside the app, never inside the frame. */
export const withBase = (html: string) => html.replace('<head>', '<head><base target="_blank">')
