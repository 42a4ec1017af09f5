import { Button } from '@mantine/core'
import { again, api, client } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { Lead } from './lead.ts'

/** What somebody is known by, and what was merged into them, which can be undone. */
export function KeysCard({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  const f = useFormats()
  const { may } = useSession()
  const toast = useToasts()
  const undo = (id: string) =>
    client.leads.undoAdoption({ id }).then(() => again(api.leads.key()).then(() => toast.done(t('undone'))), toast.failed)
  return (
    <Card title={t('keysCard')}>
      <ul className="small-list">
        {lead.keys.map((key) => (
          <li key={key.kind + key.value}>
            <span>
              {t(`kind.${key.kind}`)} <span className="muted num">{key.value}</span>
            </span>
            <span className="muted">{t('since', { when: f.day(key.since) })}</span>
          </li>
        ))}
        {lead.adoptions.map((one) => (
          <li key={one.id}>
            <span>{t(one.byHand ? 'adoptionByHand' : 'adoption', { n: one.moved })}</span>
            <span className="muted row">
              {f.instant(one.at)}
              {one.undoneAt ? (
                <span className="push">{t('undoneMark')}</span>
              ) : (
                may('leads.write') && (
                  <Button size="compact-xs" variant="default" className="push" onClick={() => void undo(one.id)}>
                    {t('undo')}
                  </Button>
                )
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
