import { useRouter, useRouterState } from '@tanstack/react-router'
import { creates, nav } from '../nav.ts'
import { useSession } from '../session.ts'

/** The navigation lines this role may use and whose pages exist. */
export function useNav() {
  const { may } = useSession()
  const paths = useRouter().routesByPath as Record<string, unknown>
  const shown = (item: { to: string; permission: string }) => item.to in paths && may(item.permission)
  return { items: nav.filter(shown), creates: creates.filter(shown) }
}

/** Pages that no line of the navigation leads to, and what they need. */
const BESIDE = [{ to: '/exports', permission: 'leads.export' }]

/** Whether the role may open the page shown: what the line of its room needs. Pages of no room are everybody's. */
export function useMayOpen(): boolean {
  const { may } = useSession()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [room] = [...nav, ...BESIDE].filter(({ to }) => path === to || path.startsWith(`${to}/`)).sort((a, b) => b.to.length - a.to.length)
  return !room || may(room.permission)
}
