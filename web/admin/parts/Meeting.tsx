import { Button } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import { ErrorNote } from './ErrorNote.tsx'

/** What a colleague saved meets what stands here: what happened, and both ways out. Nothing is lost by either. */
export function Meeting({ error, busy, onTheirs, onMine }: { error: unknown; busy?: boolean; onTheirs: () => void; onMine: () => void }) {
  const t = useWords('parts')
  return (
    <>
      <ErrorNote error={error} />
      <div className="row wrap">
        <Button size="xs" variant="default" disabled={busy ?? false} onClick={onTheirs}>
          {t('meet.theirs')}
        </Button>
        <Button size="xs" variant="default" disabled={busy ?? false} onClick={onMine}>
          {t('meet.mine')}
        </Button>
        <span className="muted">{t('meet.help')}</span>
      </div>
    </>
  )
}
