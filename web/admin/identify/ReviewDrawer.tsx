import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CopyCheck } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { Avatar } from '../parts/Avatar.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type LeadLine, nameOf } from './lead.ts'

/** Pairs of leads who may be one person: a human says so, or not. */
export function ReviewDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords('identify')
  const pairs = useQuery({ ...api.leads.candidates.queryOptions({ input: {} }), enabled: opened })
  const items = pairs.data?.items ?? []
  return (
    <SideDrawer opened={opened} onClose={onClose} title={t('review')} wide>
      <p className="muted">{t('reviewText')}</p>
      {pairs.isPending && <Skeletons rows={3} height={120} />}
      <ErrorNote error={pairs.error} retry={pairs.refetch} />
      {pairs.data && items.length === 0 && <EmptyState small icon={CopyCheck} title={t('reviewEmpty')} />}
      <div className="stack">
        {items.map((pair) => (
          <Pair key={pair.a.id + pair.b.id} a={pair.a} b={pair.b} reason={pair.reason} />
        ))}
      </div>
    </SideDrawer>
  )
}

function Pair({ a, b, reason }: { a: LeadLine; b: LeadLine; reason: string }) {
  const t = useWords('identify')
  const toast = useToasts()
  const { may } = useSession()
  const settle = (keep: LeadLine, lose: LeadLine, verdict: 'merged' | 'different') =>
    client.leads.settle({ keep: keep.id, lose: lose.id, verdict }).then(() => {
      toast.done(verdict === 'merged' ? t('merged') : t('settled'))
      return again(api.leads.key())
    }, toast.failed)
  return (
    <section className="card pair">
      <p className="muted">{reason === 'mail_and_external' ? t('reason.mail_and_external') : reason}</p>
      <div className="pair-two">
        {(
          [
            [a, b],
            [b, a],
          ] as const
        ).map(([one, other]) => (
          <div key={one.id} className="pair-one">
            <span className="row">
              <Avatar name={nameOf(one, t('noName'))} />
              <a href={`/leads/${one.id}`}>
                <b>{nameOf(one, t('noName'))}</b>
              </a>
            </span>
            <span className="muted">{[one.companyName, one.title].filter(Boolean).join(' ')}</span>
            <span className="muted">{one.mail ?? '—'}</span>
            {may('leads.write') && (
              <Button size="xs" variant="default" onClick={() => void settle(one, other, 'merged')}>
                {t('keepThis')}
              </Button>
            )}
          </div>
        ))}
      </div>
      {may('leads.write') && (
        <Button size="xs" variant="subtle" color="gray" onClick={() => void settle(a, b, 'different')}>
          {t('different')}
        </Button>
      )}
    </section>
  )
}
