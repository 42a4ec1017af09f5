import { useEffect, useRef } from 'react'

/** Calls `run` soon after the last of a burst of news, and at least every two seconds while the burst lasts. */
export function useSettled(run: () => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const since = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  return () => {
    const now = Date.now()
    if (!since.current) since.current = now
    clearTimeout(timer.current)
    const wait = now - since.current > 2_000 ? 0 : 300
    timer.current = setTimeout(() => {
      since.current = 0
      run()
    }, wait)
  }
}
