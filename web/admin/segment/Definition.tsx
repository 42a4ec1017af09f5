import { useQuery } from '@tanstack/react-query'
import { api, type client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page, Pairs } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { useRuleWords } from './ruleWords.ts'

type Segment = Awaited<ReturnType<typeof client.segments.get>>
const TONES = { live: 'green', filling: 'amber', past: 'grey', dropped: 'grey' } as const

/** The rule in words, and every version it had. */
export function Definition({ segment }: { segment: Segment }) {
  const t = useWords('segment')
  const f = useFormats()
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const words = useRuleWords(vocabulary.data)
  const versions = useQuery(api.segments.versions.queryOptions({ input: { id: segment.id } }))
  return (
    <Page narrow>
      <Card title={t('definition')}>
        <p className="rule-said">{words.ruleText(segment.rule)}</p>
        <Pairs
          items={[
            [t('audience'), t(`audiences.${segment.audience}`)],
            [t('description'), segment.description],
            [t('created'), f.day(segment.createdAt)],
          ]}
        />
      </Card>
      <Card title={t('versions')}>
        {versions.isPending && <Skeletons rows={2} height={44} />}
        <ErrorNote error={versions.error} retry={versions.refetch} />
        <div className="version-list">
          {versions.data?.items.map((one) => (
            <div key={one.version}>
              <span className="row">
                <b>{t('version', { n: one.version })}</b>
                <Chip tone={TONES[one.state]}>{t(`versionState.${one.state}`)}</Chip>
                <span className="muted push">{t('versionBy', { name: one.madeBy, at: f.instant(one.madeAt) })}</span>
              </span>
              <span className="rule-said">{words.ruleText(one.rule)}</span>
            </div>
          ))}
        </div>
      </Card>
    </Page>
  )
}
