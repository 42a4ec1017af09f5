import './companies.css'
import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CopyCheck } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSettled } from '../segment/useSettled.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { Candidate } from './company.ts'

const refresh = () => again(api.companies.key(), api.leads.key())

/** What only a human can say of companies. */
export function ReviewPage() {
  const t = useWords('companies')
  const [settled, setSettled] = useState(false)
  const list = useInfiniteQuery(paged(api.companies.candidates, { limit: 30, ...(settled ? { settled: 'true' } : {}) }))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  useLive(
    'companies',
    useSettled(() => void again(api.companies.key())),
  )
  return (
    <>
      <PageTop title={t('reviewTitle')} crumb={t('title')} crumbTo="/companies" />
      <Page narrow>
        <p className="muted">{t('reviewText')}</p>
        <SegmentedControl
          aria-label={t('reviewTitle')}
          value={settled ? 'settled' : 'open'}
          onChange={(to) => setSettled(to === 'settled')}
          data={[
            { value: 'open', label: t('openTab') },
            { value: 'settled', label: t('settledTab') },
          ]}
        />
        {list.isPending && <Skeletons rows={3} height={130} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.data && items.length === 0 && (
          <EmptyState icon={CopyCheck} title={t('reviewEmpty')}>
            {settled ? null : t('reviewEmptyText')}
          </EmptyState>
        )}
        {items.map((one) => (
          <CandidateCard key={one.id} candidate={one} />
        ))}
        {list.hasNextPage && (
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </Page>
    </>
  )
}

function CandidateCard({ candidate }: { candidate: Candidate }) {
  const t = useWords('companies')
  const toast = useToasts()
  const { may } = useSession()
  const { id, kind, company, other } = candidate
  const open = candidate.settledAt === null && may('companies.write')
  const back = () => client.companies.reopen({ id }).then(refresh)
  const settle = (verdict: 'yes' | 'no', keep?: string) =>
    client.companies.settle({ id, verdict, ...(keep ? { keep } : {}) }).then(async ({ leads, merge }) => {
      await refresh()
      const undo = merge ? () => client.companies.undoMerge({ id: merge }).then(refresh) : back
      toast.undo(verdict === 'no' ? t('refused') : merge ? t('mergeDone') : t('linkDone', { n: leads }), undo)
    }, toast.failed)
  const keeping = (one: Candidate['company']) =>
    open && one ? (
      <Button size="xs" variant="default" onClick={() => void settle('yes', one.id)}>
        {t('keepThis')}
      </Button>
    ) : null
  return (
    <Card title={t(`kind.${kind}`)} aside={<Ago at={candidate.at} />}>
      <div className="candidate">
        <div className="candidate-two">
          {kind === 'merge' ? <Side company={company}>{keeping(company)}</Side> : <Leads candidate={candidate} />}
          {kind === 'new' ? (
            <div className="candidate-one">
              <b>{candidate.name}</b>
              {open && (
                <Button size="xs" onClick={() => void settle('yes')}>
                  {t('newYes')}
                </Button>
              )}
            </div>
          ) : (
            <Side company={kind === 'merge' ? other : company}>
              {kind === 'merge' && keeping(other)}
              {open && kind === 'link' && (
                <Button size="xs" onClick={() => void settle('yes')}>
                  {t('linkYes')}
                </Button>
              )}
            </Side>
          )}
        </div>
        <div className="row wrap">
          {open && (
            <Button size="xs" variant="subtle" color="gray" onClick={() => void settle('no')}>
              {kind === 'new' ? t('noNew') : t('no')}
            </Button>
          )}
          {candidate.verdict && (
            <Chip tone={candidate.verdict === 'yes' ? 'green' : 'grey'}>{t(`verdict.${candidate.verdict}` as never)}</Chip>
          )}
          {candidate.settledAt && may('companies.write') && !(kind === 'merge' && candidate.verdict === 'yes') && (
            <Button size="xs" variant="default" onClick={() => void back().catch(toast.failed)}>
              {t('reopen')}
            </Button>
          )}
        </div>
      </div>
    </Card>
  )
}

function Side({ company, children }: { company: Candidate['company']; children?: React.ReactNode }) {
  const t = useWords('companies')
  if (!company) return <div className="candidate-one muted">—</div>
  return (
    <div className="candidate-one">
      <Link to={`/companies/${company.id}` as string}>
        <b>{company.name}</b>
      </Link>
      <span className="muted">
        {[company.domains.join('、'), company.corporateNumber, company.prefecture, t('peopleN', { n: company.people })]
          .filter(Boolean)
          .join(' ・ ')}
      </span>
      {children}
    </div>
  )
}

function Leads({ candidate }: { candidate: Candidate }) {
  const t = useWords('companies')
  return (
    <div className="candidate-one">
      <b>{t('leadsWaiting', { n: candidate.leads })}</b>
      {candidate.some.map((lead) => (
        <span key={lead.id}>
          <Link to={`/leads/${lead.id}` as string}>{lead.name || lead.mail}</Link>{' '}
          <span className="muted">{[lead.companyName, lead.name ? lead.mail : null].filter(Boolean).join(' ・ ')}</span>
        </span>
      ))}
      {candidate.leads > candidate.some.length && (
        <span className="muted">{t('andMore', { n: candidate.leads - candidate.some.length })}</span>
      )}
    </div>
  )
}
