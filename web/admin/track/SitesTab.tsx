import { Button, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Code, Globe, Pencil, Plus } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Pairs } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { SiteForm } from './SiteForm.tsx'
import { SnippetDrawer } from './SnippetDrawer.tsx'
import type { Site } from './site.ts'

/** The sites as cards: whether signals come, the tag, the settings. */
export function SitesTab({ adding, onClose, onAdd }: { adding: boolean; onClose: () => void; onAdd: () => void }) {
  const t = useWords('track')
  const { may } = useSession()
  const [archived, setArchived] = useState(false)
  const [tagOf, setTagOf] = useState<string | null>(null)
  const [editing, setEditing] = useState<Site | null>(null)
  const sites = useQuery(api.track.sites.queryOptions({ input: { archived } }))
  useLive('track.seen', () => void again(api.track.sites.key()))
  const items = sites.data?.items ?? []
  const add = (
    <Button leftSection={<Plus size={15} />} onClick={onAdd}>
      {t('addSite')}
    </Button>
  )
  return (
    <>
      {sites.isPending && <Skeletons rows={3} height={120} />}
      <ErrorNote error={sites.error} retry={sites.refetch} />
      {sites.data && items.length === 0 && (
        <EmptyState icon={Globe} title={t('sitesEmpty')} action={may('sites.write') ? add : undefined}>
          {t('sitesEmptyText')}
        </EmptyState>
      )}
      {items.map((site) => (
        <SiteCard key={site.id} site={site} mayWrite={may('sites.write')} onTag={() => setTagOf(site.id)} onEdit={() => setEditing(site)} />
      ))}
      {sites.data && (
        <Switch size="xs" label={t('showArchived')} checked={archived} onChange={(e) => setArchived(e.currentTarget.checked)} />
      )}
      <SnippetDrawer site={items.find((site) => site.id === tagOf)} onClose={() => setTagOf(null)} />
      <SiteForm
        opened={adding || editing !== null}
        site={editing}
        onClose={() => {
          setEditing(null)
          onClose()
        }}
        onSaved={(site) => {
          if (!editing) setTagOf(site.id)
        }}
      />
    </>
  )
}

function SiteCard({ site, mayWrite, onTag, onEdit }: { site: Site; mayWrite: boolean; onTag: () => void; onEdit: () => void }) {
  const t = useWords('track')
  const toggle = useArchive(site)
  return (
    <Card
      title={
        <span className="row wrap">
          {site.name} <Seen site={site} />
        </span>
      }
    >
      <Pairs
        items={[
          [t('domains'), site.domains.length ? site.domains.join('、') : t('anyDomain')],
          [t('consentMode'), t(`consent.${site.consentMode}`)],
          [t('seenAt'), site.seenAt && <Ago at={site.seenAt} />],
          [t('seenFrom'), site.seenUrl && <span className="clip">{site.seenUrl}</span>],
        ]}
      />
      <div className="track-acts">
        {mayWrite && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void toggle()}>
            {t(site.archivedAt ? 'restore' : 'archive')}
          </Button>
        )}
        {mayWrite && !site.archivedAt && (
          <Button size="compact-sm" variant="default" leftSection={<Pencil size={13} />} onClick={onEdit}>
            {t('edit')}
          </Button>
        )}
        {!site.archivedAt && (
          <Button size="compact-sm" leftSection={<Code size={14} />} onClick={onTag}>
            {t('showSnippet')}
          </Button>
        )}
      </div>
    </Card>
  )
}

function useArchive(site: Site) {
  const t = useWords('track')
  const toast = useToasts()
  const set = async (archived: boolean) => {
    await client.track.changeSite({ id: site.id, archived })
    await again(api.track.sites.key())
  }
  return async () => {
    const to = site.archivedAt === null
    try {
      await set(to)
      toast.undo(t(to ? 'archived' : 'restored', { name: site.name }), () => set(!to))
    } catch (error) {
      toast.failed(error)
    }
  }
}

const A_DAY = 86_400_000

/** Whether signals come: none yet, within the last day, or not for longer. */
function Seen({ site }: { site: Site }) {
  const t = useWords('track')
  if (site.archivedAt) return <Chip>{t('archivedChip')}</Chip>
  if (!site.seenAt) return <Chip tone="grey">{t('seenWaiting')}</Chip>
  const fresh = Date.now() - Date.parse(site.seenAt) < A_DAY
  return <Chip tone={fresh ? 'green' : 'amber'}>{t(fresh ? 'seenLive' : 'seenOld')}</Chip>
}
