import { SegmentedControl, useComputedColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useWords } from '../words/words.tsx'
import type { FormSpec } from './form.ts'

/** The page as visitors get it, by the same renderer, in a frame of its own without scripts. */
export function Preview({ spec }: { spec: FormSpec }) {
  const t = useWords('forms')
  const [wide, setWide] = useState('wide')
  const [language, setLanguage] = useState<'ja' | 'en'>(spec.language)
  const [settled] = useDebouncedValue(spec, 250)
  const dark = useComputedColorScheme('light') === 'dark'
  const page = useQuery({
    queryKey: ['form-preview', settled, language, dark],
    queryFn: () => client.forms.preview({ spec: settled, language, dark }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  })
  return (
    <section className="builder-preview" aria-label={t('preview')}>
      <div className="row wrap">
        <b>{t('preview')}</b>
        <span className="muted hide-s">{t('previewHint')}</span>
        <SegmentedControl
          size="xs"
          className="push"
          aria-label={t('previewLanguage')}
          value={language}
          onChange={(to) => setLanguage(to === 'en' ? 'en' : 'ja')}
          data={[
            { value: 'ja', label: '日本語' },
            { value: 'en', label: 'English' },
          ]}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('previewWidth')}
          value={wide}
          onChange={setWide}
          data={[
            { value: 'wide', label: t('wide') },
            { value: 'phone', label: t('phone') },
          ]}
        />
      </div>
      <ErrorNote error={page.error} retry={page.refetch} />
      <iframe
        className={wide === 'phone' ? 'preview-frame phone' : 'preview-frame'}
        title={t('preview')}
        sandbox=""
        srcDoc={page.data?.html ?? ''}
      />
    </section>
  )
}
