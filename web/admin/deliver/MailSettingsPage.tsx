import './deliver.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Info, TriangleAlert } from 'lucide-react'
import { api, type client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { DkimCard } from './DkimCard.tsx'
import { NetworksCard } from './NetworksCard.tsx'
import { PaceCard } from './PaceCard.tsx'
import { RouteForm } from './RouteForm.tsx'
import { TopicsCard } from './TopicsCard.tsx'

type State = Awaited<ReturnType<typeof client.mail.settings>>

/** How mail leaves: route, sender, signature, topics. */
export function MailSettingsPage() {
  const t = useWords('deliver')
  const state = useQuery(api.mail.settings.queryOptions({ input: {} }))
  return (
    <>
      <PageTop title={t('mailSettings')} crumb={t('settings')} crumbTo="/settings" />
      <Page narrow>
        {state.isPending && <Skeletons rows={8} />}
        <ErrorNote error={state.error} retry={state.refetch} />
        {state.data && (
          <>
            <Queue state={state.data} />
            <RouteForm state={state.data} />
            <CapsLink />
            <PaceCard />
            <DomainLink />
            <IncomingLink />
            <DkimCard state={state.data} />
            <NetworksCard />
            <TopicsCard />
          </>
        )}
      </Page>
    </>
  )
}

function CapsLink() {
  const t = useWords('reach')
  return (
    <Card title={t('capsLink')} aside={<Link to={'/settings/caps' as string}>{t('change')}</Link>}>
      <p className="muted mail-hint">{t('capsLinkText')}</p>
    </Card>
  )
}

function DomainLink() {
  const t = useWords('sending')
  return (
    <Card title={t('title')} aside={<Link to={'/settings/mail/domain' as string}>{t('open')}</Link>}>
      <p className="muted mail-hint">{t('linkText')}</p>
    </Card>
  )
}

function IncomingLink() {
  const t = useWords('incoming')
  return (
    <Card title={t('linkTitle')} aside={<Link to={'/settings/mail/incoming' as string}>{t('open')}</Link>}>
      <p className="muted mail-hint">
        {t('linkText')} <Link to={'/settings/mail/bounces' as string}>{t('bouncesLink')}</Link>
      </p>
    </Card>
  )
}

function Queue({ state }: { state: State }) {
  const t = useWords('deliver')
  return (
    <>
      {state.fromEnvironment && (
        <div className="hint-warn">
          <Info size={15} aria-hidden />
          {t('fromEnv', { host: state.effectiveHost })}
        </div>
      )}
      {state.legalMissing.length > 0 && (
        <div className="hint-warn">
          <TriangleAlert size={15} aria-hidden />
          <span>
            {t('legalMissing')} <Link to={'/settings' as string}>{t('openCompany')}</Link>
          </span>
        </div>
      )}
      {(state.waiting > 0 || state.unknown > 0) && (
        <div className="row wrap muted">
          {state.waiting > 0 && <span>{t('queue', { n: state.waiting })}</span>}
          {state.unknown > 0 && <Link to={'/settings/mail/unknown' as string}>{t('unknownsLink', { n: state.unknown })}</Link>}
        </div>
      )}
    </>
  )
}
