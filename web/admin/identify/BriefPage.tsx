import './person.css'
import './brief.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Printer } from 'lucide-react'
import type { ReactNode } from 'react'
import { api, type client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Page, Pairs } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { byVisit, type HistoryEntry, isVisit, newestFirst } from './history.ts'
import { nameOf, numberFact, RECENT, SCORE } from './lead.ts'
import { useHistoryWords } from './useHistoryWords.tsx'

type Whole = Awaited<ReturnType<typeof client.history.record>>
const HEAT = { hot: 'red', warm: 'amber', cold: 'blue' } as const

/** One page to read, or print, before the first call: who, what they care about, what is known of their problems, why now. */
export function BriefPage() {
  const t = useWords('person')
  const i = useWords('identify')
  const { id } = useParams({ strict: false }) as { id: string }
  const whole = useQuery(api.history.record.queryOptions({ input: { id } }))
  const latest = useQuery(api.history.list.queryOptions({ input: { id, limit: 60, people: 'true' } }))
  const name = whole.data ? nameOf(whole.data.lead, i('noName')) : ''
  return (
    <>
      <PageTop title={whole.data ? t('briefTitle', { name }) : t('brief')} crumb={name || i('leads')} crumbTo={`/leads/${id}`}>
        <Button leftSection={<Printer size={15} />} onClick={() => window.print()} disabled={!whole.data}>
          {t('briefPrint')}
        </Button>
      </PageTop>
      <Page narrow>
        <ErrorNote error={whole.error} retry={whole.refetch} />
        {whole.data ? (
          <Sheet whole={whole.data} latest={latest.data?.items ?? []} name={name} />
        ) : (
          !whole.error && <Skeletons rows={10} height={40} />
        )}
      </Page>
    </>
  )
}

function Sheet({ whole, latest, name }: { whole: Whole; latest: readonly HistoryEntry[]; name: string }) {
  const t = useWords('person')
  const i = useWords('identify')
  const f = useFormats()
  const { language } = useLanguage()
  const { lead, story } = whole
  const notes = whole.offline.filter((one) => one.body)
  return (
    <article className="card brief">
      <header>
        <h2>{name}</h2>
        <p className="muted">{[lead.companyName, lead.department, lead.title].filter(Boolean).join(' ・ ')}</p>
      </header>
      <Part title={t('briefStory')}>
        <p className="brief-story">{story[language] || t('storyEmpty')}</p>
      </Part>
      <div className="brief-two">
        <Part title={t('briefWho')}>
          <Pairs
            items={[
              [i('phone'), lead.phone],
              [i('mail'), lead.mail],
              [i('prefecture'), lead.prefecture],
              [i('owner'), lead.ownerName],
              [i('sourceFirst'), lead.sourceFirst],
              [i('createdAt'), f.day(lead.createdAt)],
            ]}
          />
        </Part>
        <Part title={t('briefWhy')}>
          <Why lead={lead} latest={latest} />
        </Part>
      </div>
      <div className="brief-two">
        <Part title={t('briefInterest')}>
          <Interests lead={lead} online={whole.online} />
        </Part>
        <Part title={t('briefTasks')}>
          <List
            items={whole.tasks.map((task) => (
              <>
                <b>{task.title}</b> <span className="muted">{task.dueAt ? f.instant(task.dueAt) : t('dueNone')}</span>
              </>
            ))}
          />
        </Part>
      </div>
      <Part title={t('briefProblems')}>
        {notes.length === 0 && <p className="muted">{t('briefNoNotes')}</p>}
        <List
          items={notes.slice(0, 6).map((note) => (
            <>
              <span className="brief-note">{note.body}</span>{' '}
              <span className="muted">
                {f.day(note.at)} {note.userName}
              </span>
            </>
          ))}
          none={false}
        />
      </Part>
      <div className="brief-two">
        <Part title={t('briefLast')}>
          <Latest entries={latest} />
        </Part>
        <Part title={t('briefDeals')}>
          <Deals leadId={lead.id} />
        </Part>
      </div>
      <footer className="muted">{t('briefMade', { when: f.instant(new Date()) })}</footer>
    </article>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function List({ items, none = true }: { items: readonly ReactNode[]; none?: boolean }) {
  const t = useWords('person')
  if (!items.length) return none ? <p className="muted">{t('briefNone')}</p> : null
  return (
    <ul>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list that does not change
        <li key={index}>{item}</li>
      ))}
    </ul>
  )
}

/** Heat, score, and the acts that brought the most points. */
function Why({ lead, latest }: { lead: Whole['lead']; latest: readonly HistoryEntry[] }) {
  const i = useWords('identify')
  const p = useWords('parts')
  const words = useHistoryWords()
  const f = useFormats()
  const heat = lead.facts['score.main.heat']
  const recent = numberFact(lead, RECENT)
  const best = [...latest].filter((entry) => (entry.points ?? 0) > 0).sort((a, b) => (b.points ?? 0) - (a.points ?? 0))
  return (
    <>
      <p className="row wrap">
        {(heat === 'hot' || heat === 'warm' || heat === 'cold') && <Chip tone={HEAT[heat]}>{i(`heat.${heat}`)}</Chip>}
        <b className="num">{p('points', { n: numberFact(lead, SCORE) })}</b>
        {recent !== 0 && (
          <span className="muted num">
            {i('recent')} {recent > 0 ? '+' : '−'}
            {Math.abs(recent)}
          </span>
        )}
      </p>
      <List
        items={best.slice(0, 4).map((entry) => (
          <>
            {words(entry).title} <span className="muted num">{`${f.day(entry.at)} +${entry.points}`}</span>
          </>
        ))}
        none={false}
      />
    </>
  )
}

/** What they said they care about, and the pages they came back to. */
function Interests({ lead, online }: { lead: Whole['lead']; online: readonly HistoryEntry[] }) {
  const t = useWords('person')
  const f = useFormats()
  const pages = Map.groupBy(
    online.filter((entry) => entry.name === 'page.viewed'),
    (entry) => String(entry.props['title'] ?? entry.props['url'] ?? ''),
  )
  const most = [...pages].filter(([title]) => title).sort((a, b) => b[1].length - a[1].length)
  return (
    <>
      {lead.interest.length > 0 && <p>{f.list(lead.interest)}</p>}
      {most.length > 0 && <span className="muted brief-hint">{t('briefPages')}</span>}
      <List items={most.slice(0, 5).map(([title, views]) => f.aside(title, f.number(views.length)))} none={lead.interest.length === 0} />
    </>
  )
}

function Latest({ entries }: { entries: readonly HistoryEntry[] }) {
  const words = useHistoryWords()
  const f = useFormats()
  const theirs = entries.filter(
    (entry) => !/^(segment|scenario|score|heat|field|lead|mail\.sent|consent|owner|stage|activity\.note|company|rank)/.test(entry.name),
  )
  const lines = byVisit([...theirs].sort(newestFirst)).slice(0, 8)
  return (
    <List
      items={lines.map((line) => (
        <>
          <span className="muted num nowrap">{f.day(isVisit(line) ? (line.pages[0]?.at ?? '') : line.at)}</span> {words(line).title}
        </>
      ))}
    />
  )
}

function Deals({ leadId }: { leadId: string }) {
  const { may } = useSession()
  const t = useWords('person')
  const f = useFormats()
  const deals = useQuery({ ...api.deals.list.queryOptions({ input: { leadId, limit: 5 } }), enabled: may('deals.read') })
  return (
    <List
      items={(deals.data?.items ?? []).map((deal) => (
        <>
          <b>{deal.name}</b> {deal.amount !== null && <span className="num">{f.money(deal.amount)}</span>}{' '}
          <span className="muted">{deal.state === 'won' || deal.state === 'lost' ? t(`briefDeal.${deal.state}`) : ''}</span>
        </>
      ))}
    />
  )
}
