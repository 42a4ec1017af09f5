import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import type { Graph } from '#loop/orchestrate/graph/contract.ts'
import { api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'

/** What was published when, with the people still on it; any of them can be the draft again. */
export function VersionsDrawer(props: {
  id: string
  opened: boolean
  onClose: () => void
  canEdit: boolean
  onTake: (graph: Graph) => void
}) {
  const t = useWords('orchestrate')
  return (
    <SideDrawer opened={props.opened} onClose={props.onClose} title={t('versions')}>
      {props.opened && <Versions {...props} />}
    </SideDrawer>
  )
}

function Versions({ id, onClose, canEdit, onTake }: { id: string; onClose: () => void; canEdit: boolean; onTake: (graph: Graph) => void }) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const list = useQuery(api.scenarios.versions.queryOptions({ input: { id } }))
  if (list.isPending) return <Skeletons rows={4} height={56} />
  if (list.error) return <ErrorNote error={list.error} retry={list.refetch} />
  if (!list.data.items.length) return <EmptyState small icon={History} title={t('noVersions')} />
  const take = (version: number) =>
    client.scenarios.version({ id, version }).then((found) => {
      onTake(found.graph as unknown as Graph)
      toast.done(t('versionRestored', { n: version }))
      onClose()
    }, toast.failed)
  return (
    <div>
      {list.data.items.map((one) => (
        <div className="sc-person" key={one.version}>
          <span>
            <span className="row">
              <b>{t('version', { n: one.version })}</b>
              {one.isLive && <Chip tone="green">{t('versionLive')}</Chip>}
            </span>
            <span className="muted">
              <Ago at={one.publishedAt} />・{t('versionBy', { name: one.publishedBy, steps: one.steps })}・
              {t('versionPeople', { n: one.active })}
            </span>
          </span>
          {canEdit && (
            <Button size="compact-sm" variant="default" style={{ flex: 'none' }} onClick={() => void take(one.version)}>
              {t('versionRestore')}
            </Button>
          )}
        </div>
      ))}
    </div>
  )
}
