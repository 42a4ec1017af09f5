import { useConnected } from '../live.ts'
import { useWords } from '../words/words.tsx'

/** The dot that says whether news arrives by itself. */
export function LiveMark() {
  const t = useWords('shell')
  const on = useConnected()
  const words = t(on ? 'liveOn' : 'liveOff')
  return <span className={on ? 'live-mark' : 'live-mark off'} role="status" aria-label={words} title={words} />
}
