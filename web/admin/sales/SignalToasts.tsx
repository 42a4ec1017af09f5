import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRouter } from '@tanstack/react-router'
import { useLive } from '../live.ts'
import { useFormats } from '../parts/formats.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import type { Signal } from './rows.ts'

type Told = { readonly id: string; readonly lead: string; readonly kind: Signal['kind']; readonly owner: string | null }

/** Tells the owner of a lead of its signals on whatever page they are; on the feed itself the row is enough. */
export function SignalToasts() {
  const t = useWords('sales')
  const f = useFormats()
  const router = useRouter()
  const { user } = useSession()
  useLive('signals', (payload) => {
    if (router.state.location.pathname === '/signals') return
    const mine =
      ((payload ?? {}) as { signals?: readonly Told[] }).signals?.filter((one) => one.owner !== null && one.owner === user?.id) ?? []
    for (const { id, lead, kind } of mine.slice(-2)) {
      const show = () => {
        notifications.hide(id)
        void router.navigate({ to: '/leads/$id' as string, params: { id: lead } as never })
      }
      notifications.show({
        id,
        autoClose: 12_000,
        color: 'violet',
        message: (
          <span className="row">
            <span>{f.pair(t('signals'), t(`kind.${kind}`))}</span>
            <Button size="compact-sm" variant="light" className="push toast-act" onClick={show}>
              {t('showSignal')}
            </Button>
          </span>
        ),
      })
    }
  })
  return null
}
