import { MultiSelect, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { api } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import { ReasonList } from './ReasonList.tsx'
import type { Crowd, PlanPart } from './sendPlan.ts'
import { useSegmentChoices } from './useSegmentChoices.ts'

/** The segments it goes to, those it does not, and its topic. */
export function Whom({ plan, set }: PlanPart) {
  const t = useWords('deliver')
  const f = useFormats()
  const segments = useSegmentChoices()
  const topics = useQuery(api.mail.topics.queryOptions({ input: {} }))
  if (segments.isNone)
    return (
      <div className="hint-warn">
        <TriangleAlert size={15} aria-hidden />
        {t('noSegments')} <Link to={'/segments' as string}>{t('makeSegment')}</Link>
      </div>
    )
  return (
    <>
      <ErrorNote error={segments.error} retry={segments.refetch} />
      <MultiSelect
        label={t('toSegments')}
        placeholder={plan.include.length ? '' : t('pickSegments')}
        searchable
        data={segments.choices(plan.include)}
        value={plan.include}
        onChange={(include) => set({ include })}
        data-autofocus
      />
      <MultiSelect
        label={t('notSegments')}
        placeholder={plan.exclude.length ? '' : t('pickSegments')}
        searchable
        clearable
        data={segments.choices(plan.exclude, plan.include)}
        value={plan.exclude}
        onChange={(exclude) => set({ exclude })}
      />
      {topics.data && topics.data.items.length > 0 && (
        <NativeSelect
          label={t('topic')}
          description={t('topicHint')}
          value={plan.topicId ?? ''}
          onChange={(e) => set({ topicId: e.currentTarget.value || null })}
          data={[
            { value: '', label: t('topicNone') },
            ...topics.data.items.map((one) => ({ value: one.id, label: f.language === 'ja' ? one.ja : one.en })),
          ]}
        />
      )}
    </>
  )
}

/** How many get it, and why others do not. */
export function Reach({ crowd }: { crowd: Crowd }) {
  const t = useWords('deliver')
  const f = useFormats()
  if (crowd.error) return <ErrorNote error={crowd.error} retry={crowd.refetch} />
  if (!crowd.data) return null
  return (
    <div className="reach" aria-live="polite">
      <span className="muted">{t('reach')}</span>
      <b className="num">{t('people', { n: crowd.data.reachable })}</b>
      <span className="num">{t('reachOf', { people: crowd.data.people, reachable: crowd.data.reachable })}</span>
      {crowd.data.reasons.length > 0 && <ReasonList reasons={crowd.data.reasons} />}
      <span className="muted tiny">{crowd.isFetching ? '…' : f.time(new Date())}</span>
    </div>
  )
}
