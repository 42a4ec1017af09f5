import { Button } from '@mantine/core'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Compass, Lock, RefreshCw, TriangleAlert } from 'lucide-react'
import { problemOf } from '../problem.ts'
import { useWords } from '../words/words.tsx'
import { Notice } from './Notice.tsx'

const chunkGone = (error: unknown) =>
  /dynamically imported module|Importing a module script failed/i.test(String((error as Error)?.message))

/** A page that failed: a new version was installed, no permission, gone, or a fault; says which and offers the way on. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const t = useWords('shell')
  const problem = problemOf(error)
  const home = (
    <Button component={Link} to="/dashboard" variant="default">
      {t('backHome')}
    </Button>
  )
  if (problem?.status === 403) return <Forbidden />
  if (problem?.status === 404)
    return (
      <Notice icon={Compass} title={t('missingTitle')} actions={home}>
        {t('missingText')}
      </Notice>
    )
  const updated = chunkGone(error)
  const action = (
    <Button leftSection={<RefreshCw size={15} />} onClick={() => (updated ? location.reload() : reset())}>
      {t('reload')}
    </Button>
  )
  return (
    <Notice
      icon={updated ? RefreshCw : TriangleAlert}
      title={t(updated ? 'updatedTitle' : 'brokenTitle')}
      actions={
        <>
          {action}
          {home}
        </>
      }
    >
      {t(updated ? 'updatedText' : 'brokenText')}
      {!updated && <pre className="trace">{String((error as Error)?.message ?? error)}</pre>}
    </Notice>
  )
}

/** A page that the role does not open. */
export function Forbidden() {
  const t = useWords('shell')
  return (
    <Notice
      icon={Lock}
      title={t('forbiddenTitle')}
      actions={
        <Button component={Link} to="/dashboard" variant="default">
          {t('backHome')}
        </Button>
      }
    >
      {t('forbiddenText')}
    </Notice>
  )
}
