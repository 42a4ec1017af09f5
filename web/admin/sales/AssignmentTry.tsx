import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { AssignmentPlan } from '#loop/sales/assignment/contract.ts'
import { client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { useColleagues } from './owners.ts'

const NEWEST = 50

/** What the rules on the page would do with the newest leads. */
export function AssignmentTry({ plan, onClose }: { plan: AssignmentPlan; onClose: () => void }) {
  const t = useWords('assignment')
  const f = useFormats()
  const { nameOf } = useColleagues()
  const tried = useQuery({
    queryKey: ['assignment.try', plan],
    queryFn: () => client.assignment.tryOut({ plan, newest: NEWEST }),
    staleTime: 0,
  })
  return (
    <SideDrawer opened onClose={onClose} title={t('tryOut')} wide>
      <p className="muted">{t('tryText', { n: tried.data?.items.length ?? NEWEST })}</p>
      {tried.isPending && <Skeletons rows={8} />}
      <ErrorNote error={tried.error} retry={tried.refetch} />
      <ul className="assign-tried">
        {tried.data?.items.map((one) => (
          <li key={one.leadId}>
            <span className="clip">
              <Link to={'/leads/$id' as string} params={{ id: one.leadId } as never}>
                {one.name || t('unnamed')}
              </Link>{' '}
              <span className="muted">{one.companyName}</span>
            </span>
            <span className="muted clip">{one.rule ?? t(`why.${one.why}`)}</span>
            <b className="clip">{nameOf(one.ownerId) ?? '—'}</b>
            <span className="muted clip">{f.pair(t('now'), nameOf(one.currentOwnerId) ?? t('noOwner'))}</span>
          </li>
        ))}
      </ul>
    </SideDrawer>
  )
}
