/**
 * Who sits before the screen. The shell shows first-run, sign-in or the pages by this alone.
 *
 *   const { may, user } = useSession()
 *   {may('deals.write') && <Button …/>}
 */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ask, queries } from './api.ts'
import { setCompanyZone } from './parts/zone.ts'
import { type Language, preferLanguage } from './words/words.tsx'

export interface Session {
  /** No owner yet: the first-run page comes before anything else. */
  readonly setupNeeded: boolean
  readonly user: {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly role: string
    readonly language: Language
  } | null
  readonly permissions: readonly string[]
  readonly company: { readonly name: string | null; readonly timeZone: string | null } | null
  readonly demo?: boolean
}

const nobody: Session = { setupNeeded: false, user: null, permissions: [], company: null }

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async (): Promise<Session> => {
    const response = await fetch('/api/session', { credentials: 'same-origin' })
    if (response.status === 401) return nobody
    if (!response.ok) throw new Error(`session ${response.status}`)
    const session = { ...nobody, ...((await response.json()) as Partial<Session>) }
    setCompanyZone(session.company?.timeZone)
    if (session.user) preferLanguage(session.user.language)
    return session
  },
})

/** The session, and `may(permission)`: pages hide what the role may not do; the server refuses it anyway. */
export function useSession() {
  const session = useQuery(sessionQuery).data ?? nobody
  return { ...session, may: (permission: string) => session.permissions.includes(permission) }
}

/** After signing in or out. */
export const sessionChanged = () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey })

/** Signs out and forgets everything that was loaded. */
export async function signOut(): Promise<void> {
  await ask(new Request('/api/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).catch(
    () => null,
  )
  queries.clear()
  location.assign('/')
}
