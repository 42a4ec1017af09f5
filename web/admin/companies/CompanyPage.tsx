import './companies.css'
import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Combine, Ellipsis, Pencil } from 'lucide-react'
import { useEffect, useState } from 'react'
import { again, api, client } from '../api.ts'
import { RecordMany } from '../identify/RecordMany.tsx'
import { useLive } from '../live.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Kpi, Kpis } from '../parts/Kpi.tsx'
import { later } from '../parts/later.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSettled } from '../segment/useSettled.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { AboutCard, MergesCard, NoteCard, SegmentsCard } from './AboutCard.tsx'
import type { Company } from './company.ts'
import { DealsCard } from './DealsCard.tsx'
import { PeopleCard } from './PeopleCard.tsx'
import { StoryCard } from './StoryCard.tsx'

// What opens on demand is loaded on demand.
const CompanyForm = later(() => import('./CompanyForm.tsx').then((m) => m.CompanyForm))
const MergeDrawer = later(() => import('./MergeDrawer.tsx').then((m) => m.MergeDrawer))

/** One company: who decides, what they did, what it is worth. Ids of merged companies lead here too. */
export function CompanyPage() {
  const t = useWords('companies')
  const { id } = useParams({ strict: false }) as { id: string }
  const navigate = useNavigate()
  const company = useQuery(api.companies.get.queryOptions({ input: { id } }))
  const settle = useSettled(() => void again(api.companies.key(), api.companyDeals.key(), api.companySegments.key()))
  useLive('companies', settle)
  const found = company.data
  useEffect(() => {
    if (found && found.id !== id) void navigate({ to: `/companies/${found.id}` as string, replace: true })
  }, [found, id, navigate])
  if (found) return <Loaded company={found} />
  return (
    <>
      <PageTop title={t('title')} crumb={t('title')} crumbTo="/companies" />
      <Page>{company.error ? <ErrorNote error={company.error} retry={company.refetch} /> : <Skeletons rows={8} height={56} />}</Page>
    </>
  )
}

function Loaded({ company }: { company: Company }) {
  const t = useWords('companies')
  const { may } = useSession()
  const toast = useToasts()
  const [open, setOpen] = useState<'edit' | 'merge' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <PageTop title={company.name} crumb={t('title')} crumbTo="/companies">
        <RecordMany companyId={company.id} />
        {may('companies.write') && (
          <>
            <Button variant="default" leftSection={<Pencil size={15} />} onClick={() => setOpen('edit')}>
              {t('edit')}
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="default" size={36} aria-label={t('menuOf', { name: company.name })}>
                  <Ellipsis size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<Combine size={14} />} onClick={() => setOpen('merge')}>
                  {t('merge')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </PageTop>
      <Page>
        <Numbers company={company} />
        <Columns company={company} />
      </Page>
      {open === 'edit' && (
        <CompanyForm
          company={company}
          onClose={close}
          save={(given) => client.companies.update({ id: company.id, version: company.version, ...given })}
          onSaved={() => {
            toast.done(t('saved'))
            close()
          }}
        />
      )}
      {open === 'merge' && <MergeDrawer company={company} onClose={close} />}
    </>
  )
}

function Numbers({ company }: { company: Company }) {
  const t = useWords('companies')
  const f = useFormats()
  const { may } = useSession()
  const worth = useQuery({ ...api.companyDeals.ofCompany.queryOptions({ input: { id: company.id } }), enabled: may('deals.read') })
  return (
    <Kpis>
      <Kpi label={t('scoreSum')} title={t('sumHint')} value={f.number(Math.round(company.score))} />
      <Kpi label={t('engagementSum')} title={t('sumHint')} value={f.number(Math.round(company.engagement))} />
      <Kpi label={t('people')} value={f.number(company.people)} />
      {worth.data && (
        <Kpi label={t('ltv')} value={f.money(worth.data.ltv)} hint={worth.data.won > 0 ? t('wonN', { n: worth.data.won }) : undefined} />
      )}
    </Kpis>
  )
}

const TABS = ['peopleTitle', 'story', 'about'] as const

function Columns({ company }: { company: Company }) {
  const t = useWords('companies')
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const { may } = useSession()
  const [tab, setTab] = useState<(typeof TABS)[number]>('peopleTitle')
  const shows = (wanted: (typeof TABS)[number]) => !phone || tab === wanted
  return (
    <>
      {phone && (
        <SegmentedControl
          fullWidth
          aria-label={company.name}
          value={tab}
          onChange={(value) => setTab(TABS.find((one) => one === value) ?? 'peopleTitle')}
          data={TABS.map((value) => ({ value, label: t(value) }))}
        />
      )}
      <div className="company-page">
        {shows('about') && (
          <div>
            <AboutCard company={company} />
            <NoteCard company={company} />
            <MergesCard company={company} />
          </div>
        )}
        {(shows('peopleTitle') || shows('story')) && (
          <div>
            {shows('peopleTitle') && <PeopleCard company={company} />}
            {shows('story') && <StoryCard id={company.id} />}
          </div>
        )}
        {shows('about') && (
          <div>
            {may('deals.read') && <DealsCard id={company.id} />}
            {may('segments.read') && <SegmentsCard id={company.id} />}
          </div>
        )}
      </div>
    </>
  )
}
