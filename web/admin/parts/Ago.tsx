import { useEffect, useReducer } from 'react'
import { useFormats } from './formats.ts'

/** A moment: relative up to seven days (and kept fresh), the full instant on hover. `<Ago at={row.lastSeenAt}/>` */
export function Ago({ at, muted }: { at: string | Date | null | undefined; muted?: boolean }) {
  const f = useFormats()
  const [, again] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(again, 60_000)
    return () => clearInterval(timer)
  }, [])
  if (!at) return <span className="muted">—</span>
  return (
    <time className={muted ? 'nowrap muted' : 'nowrap'} dateTime={new Date(at).toISOString()} title={f.instant(at)}>
      {f.ago(at)}
    </time>
  )
}
