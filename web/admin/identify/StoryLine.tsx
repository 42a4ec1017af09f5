import './person.css'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import { api } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { useLanguage, useWords } from '../words/words.tsx'

/** The relation in one line: how it began and what came of it. */
export function StoryLine({ leadId }: { leadId: string }) {
  const t = useWords('person')
  const f = useFormats()
  const { language } = useLanguage()
  const story = useQuery(api.history.story.queryOptions({ input: { id: leadId } }))
  const items = story.data?.items ?? []
  return (
    <section className="story" aria-label={t('story')} aria-busy={story.isPending}>
      {story.data && items.length === 0 && <span className="muted">{t('storyEmpty')}</span>}
      <ol>
        {items.map((one, index) => (
          <Fragment key={`${one.kind}${one.at}`}>
            {index === 1 && (story.data?.skipped ?? 0) > 0 && (
              <li aria-hidden>
                <ChevronRight size={13} />
                <span className="muted">…</span>
              </li>
            )}
            <li title={[f.day(one.at), one.what].filter(Boolean).join(' ・ ')} className={`story-${one.kind}`}>
              {index > 0 && <ChevronRight size={13} aria-hidden />}
              <span className="story-what">{one[language]}</span>
              <time className="muted num" dateTime={one.at}>
                {f.shortDay(one.at)}
              </time>
            </li>
          </Fragment>
        ))}
      </ol>
    </section>
  )
}
