import './person.css'
import { Button, Textarea } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Pin, StickyNote } from 'lucide-react'
import { useState } from 'react'
import { api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { ActivityMenu } from './ActivityMenu.tsx'
import { activitiesChanged } from './changed.ts'
import { isAbout } from './isAbout.ts'

/** What colleagues noted of somebody: pinned first, then newest first. */
export function NotesCard({ leadId }: { leadId: string }) {
  const t = useWords('person')
  const { may } = useSession()
  const notes = useInfiniteQuery(paged(api.activities.list, { leadId, kind: 'note' as const, limit: 20 }))
  useLive('activities', (payload) => isAbout(payload, leadId) && void activitiesChanged())
  const items = notes.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card title={t('notes')}>
      <div className="stack">
        {may('leads.write') && <NewNote leadId={leadId} />}
        <ErrorNote error={notes.error} retry={notes.refetch} />
        {notes.isPending && <Skeletons rows={2} height={32} />}
        {notes.data && items.length === 0 && !may('leads.write') && <EmptyState small icon={StickyNote} title={t('briefNoNotes')} />}
        {notes.data && items.length === 0 && may('leads.write') && <p className="muted">{t('notesEmpty')}</p>}
        {items.length > 0 && (
          <ul className="notes">
            {items.map((note) => (
              <li key={note.id} className={note.pinned ? 'note pinned' : 'note'}>
                <div className="note-head">
                  {note.pinned && <Pin size={13} role="img" aria-label={t('pinned')} />}
                  <span className="muted clip">
                    {note.userName} ・ <Ago at={note.at} />
                    {note.changedAt && ` ・ ${t('corrected')}`}
                  </span>
                  {may('leads.write') && <ActivityMenu activity={note} />}
                </div>
                <p>{note.body}</p>
              </li>
            ))}
          </ul>
        )}
        {notes.hasNextPage && (
          <Button size="xs" variant="default" loading={notes.isFetchingNextPage} onClick={() => void notes.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </div>
    </Card>
  )
}

function NewNote({ leadId }: { leadId: string }) {
  const t = useWords('person')
  const toast = useToasts()
  const [body, setBody] = useState('')
  const [busy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      await client.activities.add({ leadIds: [leadId], kind: 'note', body })
      setBody('')
      await activitiesChanged()
    } catch (error) {
      toast.failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="new-note">
      <Textarea
        aria-label={t('noteAdd')}
        placeholder={t('notePlaceholder')}
        autosize
        minRows={2}
        maxRows={12}
        value={body}
        onChange={(e) => setBody(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.metaKey || e.ctrlKey) && body.trim()) void save()
        }}
      />
      {body.trim() !== '' && (
        <Button size="xs" loading={busy} onClick={() => void save()}>
          {t('noteSave')}
        </Button>
      )}
    </div>
  )
}
