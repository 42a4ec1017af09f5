import './segment.css'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { client } from '../api.ts'
import { Who } from '../parts/Avatar.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import { isComplete } from './ruleEdit.ts'

/** How many people the rule means right now, and some of them; counted anew with every change. */
export function PreviewCard({ rule, audience }: { rule: Rule; audience: 'leads' | 'everyone' }) {
  const t = useWords('segment')
  const f = useFormats()
  const [asked] = useDebouncedValue({ rule, audience }, 350)
  const whole = isComplete(asked.rule)
  const preview = useQuery({
    queryKey: ['segment-preview', JSON.stringify(asked)],
    queryFn: () => client.segments.preview(asked),
    enabled: whole,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const waiting = preview.isFetching || asked.rule !== rule
  return (
    <Card title={t('countNow')} className="preview-card">
      <div aria-live="polite">
        {preview.data && whole ? (
          <div className={waiting ? 'big-count num waiting' : 'big-count num'}>
            {f.number(preview.data.count)}
            <span className="unit">{f.language === 'ja' ? '人' : ''}</span>
          </div>
        ) : (
          <p className="muted">{whole ? t('counting') : t('countFailed')}</p>
        )}
      </div>
      <ErrorNote error={preview.error} retry={preview.refetch} />
      {preview.data && whole && (
        <div className="sample">
          {preview.data.sample.length > 0 ? <p className="muted">{t('sample')}</p> : <p className="muted">{t('noSample')}</p>}
          <ul className="people-list">
            {preview.data.sample.map((person) => (
              <li key={person.id}>
                <Who name={person.isLead ? person.name : `${t('visitor')} ${person.name}`} sub={person.company} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  )
}
