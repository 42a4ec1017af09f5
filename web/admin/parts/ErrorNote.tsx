import { Button } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import { problemOf, saysItself } from '../problem.ts'
import { useWords } from '../words/words.tsx'

const kinds: Record<number, 'offline' | 'invalid' | 'forbidden' | 'missing' | 'conflict' | 'tooLarge' | 'tooMany' | 'unavailable'> = {
  0: 'offline',
  400: 'invalid',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
  410: 'missing',
  413: 'tooLarge',
  422: 'invalid',
  429: 'tooMany',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
}

/** One sentence on what went wrong and what to do, for any error. */
export function useErrorText(): (error: unknown) => string {
  const t = useWords('parts')
  return (error) => {
    const problem = problemOf(error)
    return t(`errors.${(problem && kinds[problem.status]) || 'unknown'}`)
  }
}

/** An error in its place: sentence, the server's detail and fields, and a retry. `<ErrorNote error={q.error} retry={q.refetch}/>` */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => unknown }) {
  const t = useWords('parts')
  const text = useErrorText()
  if (!error) return null
  const problem = problemOf(error)
  return (
    <div className="error-note" role="alert">
      <TriangleAlert size={16} aria-hidden />
      <div>
        <div>{problem && saysItself(problem) ? problem.detail : text(error)}</div>
        {problem?.detail && !saysItself(problem) && <div className="muted">{problem.detail}</div>}
        {problem?.errors?.map((e) => (
          <div className="muted" key={e.field}>
            {e.field}: {e.reason}
          </div>
        ))}
      </div>
      {retry && (
        <Button size="xs" variant="default" className="push" onClick={() => void retry()}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
