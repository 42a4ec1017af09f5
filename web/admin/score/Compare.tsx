import './score.css'
import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { client } from '../api.ts'
import { Who } from '../parts/Avatar.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { HeatChip } from './ScoreWhy.tsx'

/** What the draft makes of the top leads, beside the rules in force. */
export function CompareModal({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useWords('score')
  const both = useQuery({ queryKey: ['score-compare', name], queryFn: () => client.scores.compare({ name }), staleTime: 0, gcTime: 0 })
  return (
    <Modal opened onClose={onClose} title={t('compareTitle')} size="lg">
      {both.isPending && <Skeletons rows={6} height={40} />}
      <ErrorNote error={both.error} retry={both.refetch} />
      {both.data?.items.length === 0 && <p className="muted">{t('compareEmpty')}</p>}
      {both.data && both.data.items.length > 0 && (
        <table className="compare">
          <thead>
            <tr>
              <th aria-label={t('label')} />
              <th>{t('before')}</th>
              <th>{t('after')}</th>
            </tr>
          </thead>
          <tbody>
            {both.data.items.map((one) => (
              <tr key={one.person}>
                <td>
                  <Who name={one.name} sub={one.company} />
                </td>
                <td>
                  <Cell n={one.before} heat={one.heatBefore} />
                </td>
                <td>
                  <Cell n={one.after} heat={one.heatAfter} change={one.after - one.before} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Modal>
  )
}

function Cell({ n, heat, change }: { n: number; heat: 'hot' | 'warm' | 'cold'; change?: number }) {
  return (
    <span className="row nowrap num">
      <b>{n}</b>
      <HeatChip heat={heat} />
      {change !== undefined && change !== 0 && (
        <span className={change > 0 ? 'plus' : 'plus minus'}>{change > 0 ? `+${change}` : `−${-change}`}</span>
      )}
    </span>
  )
}
