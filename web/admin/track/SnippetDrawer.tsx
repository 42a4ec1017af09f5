import { Button, CopyButton, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Check, CircleCheck, Copy, ExternalLink, Loader } from 'lucide-react'
import { useState } from 'react'
import { api } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Section, SideDrawer } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import type { Site } from './site.ts'

/** The tag of a site: copy it, watch the first signal arrive, publish what it sends. */
export function SnippetDrawer({ site, onClose }: { site: Site | undefined; onClose: () => void }) {
  const t = useWords('track')
  return (
    <SideDrawer opened={site !== undefined} onClose={onClose} wide title={t('snippetTitle', { name: site?.name ?? '' })}>
      {site && (
        <div className="stack">
          <p className="track-text">{t('snippetStep')}</p>
          <CodeBox text={site.snippet} />
          <SeenNote site={site} />
          <Section title={t('writeKey')} hint={t('writeKeyHint')}>
            <CodeBox text={site.writeKey} />
          </Section>
          <Section title={t('usage')}>
            <Usage title={t('usageTrack')} text="hagukumi.track('plan_compared', { plan: 'B' })" />
            <Usage title={t('usageIdentify')} text="hagukumi.identify('user-123', { email: 'mihon@example.co.jp' })" />
            <Usage title={t('usageConsent')} text="hagukumi.consent('grant')  // 'deny'" />
          </Section>
          <Notice site={site} />
        </div>
      )}
    </SideDrawer>
  )
}

/** Text to copy, in a box of its own. */
function CodeBox({ text }: { text: string }) {
  const t = useWords('track')
  return (
    <div className="track-code">
      <code>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy} leftSection={copied ? <Check size={14} /> : <Copy size={14} />}>
            {t(copied ? 'copied' : 'copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}

const Usage = ({ title, text }: { title: string; text: string }) => (
  <div>
    <div className="muted">{title}</div>
    <CodeBox text={text} />
  </div>
)

/** Turns by itself when the first signal arrives: the page behind it listens. */
function SeenNote({ site }: { site: Site }) {
  const t = useWords('track')
  return (
    <div className={site.seenAt ? 'track-seen on' : 'track-seen'} role="status">
      {site.seenAt ? <CircleCheck size={18} aria-hidden /> : <Loader size={18} aria-hidden className="track-wait" />}
      <div>
        <b>{t(site.seenAt ? 'seenLive' : 'seenWaiting')}</b>
        <div className="muted">
          {site.seenAt ? (
            <>
              {t('seenAt')} <Ago at={site.seenAt} /> {site.seenUrl && <span className="track-url">{site.seenUrl}</span>}
            </>
          ) : (
            t('seenWaitingText')
          )}
        </div>
      </div>
    </div>
  )
}

function Notice({ site }: { site: Site }) {
  const t = useWords('track')
  const [language, setLanguage] = useState<'ja' | 'en'>('ja')
  const notice = useQuery(api.track.siteNotice.queryOptions({ input: { id: site.id } }))
  return (
    <Section title={t('noticeTitle')} hint={t('noticeText')}>
      <ErrorNote error={notice.error} retry={notice.refetch} />
      {notice.isPending && <Skeletons rows={4} height={24} />}
      {notice.data && (
        <>
          <div className="row wrap">
            <SegmentedControl
              size="xs"
              value={language}
              onChange={(to) => setLanguage(to === 'en' ? 'en' : 'ja')}
              data={[
                { value: 'ja', label: t('japanese') },
                { value: 'en', label: t('english') },
              ]}
            />
            <Button
              className="push"
              size="xs"
              variant="default"
              component="a"
              href={notice.data.url}
              target="_blank"
              rel="noopener"
              rightSection={<ExternalLink size={13} />}
            >
              {t('noticeOpen')}
            </Button>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <pre className="track-notice" lang={language} tabIndex={0}>
            {notice.data[language]}
          </pre>
          <CopyButton value={notice.data[language]}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy} leftSection={copied ? <Check size={14} /> : <Copy size={14} />}>
                {t(copied ? 'copied' : 'copy')}
              </Button>
            )}
          </CopyButton>
        </>
      )}
    </Section>
  )
}
