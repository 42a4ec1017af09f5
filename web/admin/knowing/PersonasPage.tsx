import './knowing.css'
import { ActionIcon, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, Pencil, Plus, Trash2, UserRoundSearch } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Page, Pairs } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { maybeText, viewOf } from '../parts/view.ts'
import { useSettled } from '../segment/useSettled.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { Persona } from './persona.ts'
import { useHeadings } from './useHeadings.ts'

const PersonaDrawer = lazy(() => import('./PersonaDrawer.tsx').then((m) => ({ default: m.PersonaDrawer })))
const view = viewOf({ edit: maybeText })

const fresh = () => Promise.all([again(api.personas.key()), again(api.segments.key())])

/** The customers we have in mind, and how many real leads are like each. */
export function PersonasPage() {
  const t = useWords('knowing')
  const { may } = useSession()
  const [{ edit }, setSearch] = useSearchOf(view)
  const list = useQuery({
    ...api.personas.list.queryOptions({ input: {} }),
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.progress !== null) ? 1_000 : false),
  })
  const settle = useSettled(() => void again(api.personas.key()))
  useLive('people', settle)
  useLive('segments', settle)
  const items = list.data?.items ?? []
  const add = may('segments.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ edit: 'new' })}>
      {t('addPersona')}
    </Button>
  )
  const chosen = items.find((one) => one.id === edit)
  const close = () => setSearch({ edit: undefined })
  return (
    <>
      <PageTop title={t('personas')} note={items.length > 1 ? t('personasHint') : undefined}>
        {add}
      </PageTop>
      <Page>
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.isPending && <Skeletons rows={6} height={60} />}
        {list.data && items.length === 0 && (
          <EmptyState icon={UserRoundSearch} title={t('noPersonas')} action={add}>
            {t('noPersonasText')}
          </EmptyState>
        )}
        <div className="personas">
          {items.map((one, i) => (
            <PersonaCard key={one.id} persona={one} items={items} place={i} onEdit={() => setSearch({ edit: one.id })} />
          ))}
        </div>
      </Page>
      <Suspense>
        {(chosen || edit === 'new') && (
          <PersonaDrawer
            key={edit}
            persona={chosen ?? null}
            onClose={close}
            onSaved={() => {
              void fresh()
              close()
            }}
          />
        )}
      </Suspense>
    </>
  )
}

function PersonaCard({
  persona,
  items,
  place,
  onEdit,
}: {
  persona: Persona
  items: readonly Persona[]
  place: number
  onEdit: () => void
}) {
  const t = useWords('knowing')
  const { may } = useSession()
  const { words } = useHeadings()
  const { profile } = persona
  const traits = [
    profile.ages && t('ages', { from: String(profile.ages.from), to: String(profile.ages.to) }),
    profile.industry,
    profile.job,
    profile.title,
  ].filter(Boolean)
  return (
    <article className="card persona">
      <header>
        <span className={`portrait ${profile.colour}`} aria-hidden="true">
          {profile.initials || persona.name.slice(0, 1)}
        </span>
        <div className="persona-name">
          <h2 className="clip">{persona.name}</h2>
          <p className="muted">{traits.join(' ・ ') || '—'}</p>
        </div>
        {may('segments.write') && <Actions persona={persona} items={items} place={place} onEdit={onEdit} />}
      </header>
      <Matched persona={persona} />
      <p className="muted rule-said">{words.ruleText(persona.rule)}</p>
      <Pairs
        items={(['pains', 'information', 'note'] as const).filter((key) => profile[key]).map((key) => [t(key), profile[key]] as const)}
      />
    </article>
  )
}

function Matched({ persona }: { persona: Persona }) {
  const t = useWords('knowing')
  const f = useFormats()
  if (!persona.isLive) return <p className="persona-count muted">{t('lost')}</p>
  const computing = persona.progress !== null && t('computing', { percent: String(Math.round(persona.progress * 100)) })
  return (
    <p className="persona-count">
      {persona.people !== null && (
        <NumberLink to="/leads" search={{ segment: persona.segmentId }} label={`${persona.name}: ${t('lead', { n: persona.people })}`}>
          <b className="big-count">{f.number(persona.people)}</b>
        </NumberLink>
      )}
      <span className="muted">{computing || t('realLeads')}</span>
      <Link className="push" to={`/segments/${persona.segmentId}` as string}>
        {t('openSegment')}
      </Link>
    </p>
  )
}

function Actions({ persona, items, place, onEdit }: { persona: Persona; items: readonly Persona[]; place: number; onEdit: () => void }) {
  const t = useWords('knowing')
  const toast = useToasts()
  const move = (by: number) => {
    const ids = items.map((one) => one.id)
    ids.splice(place, 1)
    ids.splice(place + by, 0, persona.id)
    client.personas.order({ ids }).then(fresh, toast.failed)
  }
  const remove = () =>
    client.personas.remove({ id: persona.id }).then(() => {
      void fresh()
      toast.undo(t('removed', { name: persona.name }), () => client.personas.restore({ id: persona.id }).then(fresh))
    }, toast.failed)
  const act = { variant: 'subtle', color: 'gray', size: 30 } as const
  return (
    <span className="row persona-acts">
      {place > 0 && (
        <ActionIcon {...act} aria-label={`${t('up')} ${persona.name}`} onClick={() => move(-1)}>
          <ArrowUp size={15} />
        </ActionIcon>
      )}
      {place < items.length - 1 && (
        <ActionIcon {...act} aria-label={`${t('down')} ${persona.name}`} onClick={() => move(1)}>
          <ArrowDown size={15} />
        </ActionIcon>
      )}
      <ActionIcon {...act} aria-label={`${t('edit')} ${persona.name}`} onClick={onEdit}>
        <Pencil size={15} />
      </ActionIcon>
      <ActionIcon {...act} aria-label={`${t('remove')} ${persona.name}`} onClick={() => void remove()}>
        <Trash2 size={15} />
      </ActionIcon>
    </span>
  )
}
