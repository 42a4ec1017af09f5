import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, CirclePause, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { gapOf } from './size.ts'

type Hold = NonNullable<Awaited<ReturnType<typeof client.backups.held>>['hold']>
const PARTS = ['sending', 'webhooks', 'scenarios'] as const

/** What a restored installation holds back, and why; each part is let go by itself. Nothing at all otherwise. */
export function HoldCard() {
  const held = useQuery(api.backups.held.queryOptions({ input: {} }))
  useLive('hold', () => void again(api.backups.held.key()))
  return held.data?.hold ? <Held hold={held.data.hold} /> : null
}

function Held({ hold }: { hold: Hold }) {
  const t = useWords('office')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const [busy, setBusy] = useState(false)
  const release = (parts: readonly (typeof PARTS)[number][]) => {
    setBusy(true)
    client.backups
      .release({ parts: [...parts] })
      .then(({ left }) => {
        toast.done(left.length ? t('released') : t('allReleased'))
        void again(api.backups.held.key())
      }, toast.failed)
      .finally(() => setBusy(false))
  }
  const gap = gapOf(hold.gapSeconds)
  const mayRelease = may('backups.write')
  return (
    <Card title={t('held')} className="hold-card">
      <p>
        {t('heldText', {
          snapshot: hold.snapshotAt ? f.instant(hold.snapshotAt) : '—',
          restored: hold.restoredAt ? f.instant(hold.restoredAt) : '—',
          gap: t(`gap.${gap.unit}`, { n: gap.n }),
        })}
      </p>
      {hold.lastEventAt && <p className="muted">{t('lastEvent', { at: f.instant(hold.lastEventAt) })}</p>}
      {hold.hadLog ? (
        <div className="hint-ok">
          <CircleCheck size={15} aria-hidden />
          {t('told', { stops: f.number(hold.stops), topics: f.number(hold.topics), erased: f.number(hold.erased) })}
        </div>
      ) : (
        <div className="hint-warn">
          <TriangleAlert size={15} aria-hidden />
          {t('noLog')}
        </div>
      )}
      <ul className="hold-parts">
        {PARTS.map((part) => (
          <li key={part} className={hold.parts.includes(part) ? '' : 'free'}>
            {hold.parts.includes(part) ? <CirclePause size={18} aria-hidden /> : <CircleCheck size={18} aria-hidden />}
            <div>
              <b>{t(`part.${part}`)}</b>
              <p className="muted">{t(`partText.${part}`, { deliveries: f.number(hold.deliveries), jobs: f.number(hold.jobs) })}</p>
              {part === 'sending' && hold.newslettersPaused + hold.newslettersDrafted > 0 && (
                <p className="muted">{t('newsletters', { paused: hold.newslettersPaused, drafted: hold.newslettersDrafted })}</p>
              )}
              {part === 'sending' && hold.deliveries > 0 && <Link to={'/settings/mail/unknown' as string}>{t('unknownMails')}</Link>}
            </div>
            {hold.parts.includes(part) && mayRelease && (
              <Button variant="default" size="compact-md" disabled={busy} onClick={() => release([part])}>
                {t('release')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayRelease && (
        <div className="settings-foot">
          <Button disabled={busy} onClick={() => release(hold.parts)}>
            {t('releaseAll')}
          </Button>
        </div>
      )}
    </Card>
  )
}
