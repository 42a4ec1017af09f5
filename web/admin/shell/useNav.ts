import { useRouter } from '@tanstack/react-router'
import { creates, nav } from '../nav.ts'
import { useSession } from '../session.ts'

/** The navigation lines this role may use and whose pages exist. */
export function useNav() {
  const { may } = useSession()
  const paths = useRouter().routesByPath as Record<string, unknown>
  const shown = (item: { to: string; permission: string }) => item.to in paths && may(item.permission)
  return { items: nav.filter(shown), creates: creates.filter(shown) }
}
