import './consent.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, paged } from '../api.ts'
import { Who } from '../parts/Avatar.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'

type Kind = 'basis' | 'stop' | 'purpose' | 'topic' | 'waiting' | 'held' | 'paused' | 'sendable'
interface Behind {
  readonly kind: Kind
  readonly key: string
  readonly given?: 'yes' | 'no'
  readonly title: string
}

/** Whom we may write to, on what ground; each number opens its people. */
export function ConsentsPage() {
  const t = useWords('trust')
  const f = useFormats()
  const seen = useQuery(api.privacy.overview.queryOptions({ input: {} }))
  const topics = useQuery(api.mail.topics.queryOptions({ input: {} }))
  const [behind, setBehind] = useState<Behind | null>(null)
  const found = seen.data
  const line = (one: Behind, n: number, of: number) => (
    <li key={one.title} className="consent-line">
      <span>{one.title}</span>
      <span className="consent-bar" aria-hidden>
        <i style={{ width: `${of > 0 ? Math.max(n > 0 ? 1 : 0, (n / of) * 100) : 0}%` }} />
      </span>
      {n > 0 ? <NumberLink onClick={() => setBehind(one)}>{f.number(n)}</NumberLink> : <span className="num muted">0</span>}
    </li>
  )
  return (
    <>
      <PageTop title={t('consents')} />
      <Page narrow>
        <p className="muted">{t('consentsText')}</p>
        <ErrorNote error={seen.error} retry={seen.refetch} />
        {!found && !seen.error && <Skeletons rows={6} height={72} />}
        {found && (
          <>
            <Card>
              <ul className="consent-lines">
                {line({ kind: 'sendable', key: '', title: t('sendable') }, found.sendable, found.leads)}
                {line({ kind: 'waiting', key: '', title: t('waiting') }, found.waiting, found.leads)}
                {line({ kind: 'paused', key: '', title: t('purpose.pause') }, found.paused, found.leads)}
                {line({ kind: 'held', key: '', title: t('held') }, found.held, found.leads)}
              </ul>
            </Card>
            <Card title={t('byBasis')}>
              <ul className="consent-lines">
                {[...found.bases]
                  .reverse()
                  .map((one) => line({ kind: 'basis', key: one.key, title: t(`basis.${one.key}` as never) }, one.n, found.leads))}
              </ul>
            </Card>
            <Card title={t('byStop')}>
              <ul className="consent-lines">
                {found.stops
                  .filter((one) => one.key !== 'none')
                  .map((one) => line({ kind: 'stop', key: one.key, title: t(`stopWord.${one.key}` as never) }, one.n, found.leads))}
              </ul>
            </Card>
            <Card title={t('byPurpose')}>
              <ul className="consent-lines">
                {(['phone', 'third_party', 'tracking_email'] as const).flatMap((purpose) =>
                  (['yes', 'no'] as const).map((given) =>
                    line(
                      {
                        kind: 'purpose',
                        key: purpose,
                        given,
                        title: f.pair(t(`purpose.${purpose}`), given === 'yes' ? t('agreed') : t('refused')),
                      },
                      found.purposes.find((one) => one.purpose === purpose && one.given === (given === 'yes'))?.n ?? 0,
                      found.leads,
                    ),
                  ),
                )}
              </ul>
            </Card>
            {(topics.data?.items.length ?? 0) > 0 && (
              <Card title={t('byTopic')}>
                <ul className="consent-lines">
                  {topics.data?.items.map((topic) =>
                    line(
                      { kind: 'topic', key: topic.id, title: topic[f.language] },
                      found.topics.find((one) => one.topicId === topic.id)?.n ?? 0,
                      found.leads,
                    ),
                  )}
                </ul>
              </Card>
            )}
          </>
        )}
      </Page>
      <People behind={behind} onClose={() => setBehind(null)} />
    </>
  )
}

function People({ behind, onClose }: { behind: Behind | null; onClose: () => void }) {
  const t = useWords('trust')
  const asked = {
    kind: behind?.kind ?? 'sendable',
    key: behind?.key ?? '',
    limit: 50,
    ...(behind?.given ? { given: behind.given } : {}),
  } as const
  const list = useInfiniteQuery({ ...paged(api.privacy.people, asked), enabled: behind !== null })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <SideDrawer opened={behind !== null} onClose={onClose} title={behind?.title ?? ''}>
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.isPending && <Skeletons rows={6} height={40} />}
      {list.data && items.length === 0 && <p className="muted">{t('noPeople')}</p>}
      <ul className="plain-list">
        {items.map((one) => (
          <li key={one.id}>
            <a href={`/leads/${one.id}`}>
              <Who name={one.name || one.company || one.mail || t('noName')} sub={one.name ? (one.company ?? one.mail) : one.mail} />
            </a>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" fullWidth onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          +
        </Button>
      )}
    </SideDrawer>
  )
}
