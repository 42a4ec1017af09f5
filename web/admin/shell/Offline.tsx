import { WifiOff } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { useWords } from '../words/words.tsx'

function watch(fn: () => void) {
  addEventListener('online', fn)
  addEventListener('offline', fn)
  return () => {
    removeEventListener('online', fn)
    removeEventListener('offline', fn)
  }
}

/** A band at the bottom while the network is away; what was typed stays on the page. */
export function Offline() {
  const t = useWords('shell')
  const online = useSyncExternalStore(watch, () => navigator.onLine)
  if (online) return null
  return (
    <div className="offline" role="status">
      <WifiOff size={16} aria-hidden />
      <b>{t('offlineTitle')}</b>
      <span>{t('offlineText')}</span>
    </div>
  )
}
