/**
 * Who may do what: one table from permission to roles and API-key scopes.
 * Every endpoint names a permission of this table; the server refuses to start when one does not
 * (`assertPermissions`). An unknown permission is refused, so a slip fails closed.
 */

import { ROLES, type Role, type Scope } from './vocabulary.ts'

interface Grant {
  readonly roles: readonly Role[]
  readonly scopes: readonly Scope[]
}

const everyone: readonly Role[] = ROLES
const officers: readonly Role[] = ['owner', 'marketer']
const sellers: readonly Role[] = ['owner', 'marketer', 'sales']
const ownerOnly: readonly Role[] = ['owner']
const readers: readonly Scope[] = ['admin', 'write', 'read']
const writers: readonly Scope[] = ['admin', 'write']
const adminOnly: readonly Scope[] = ['admin']

const grant = (roles: readonly Role[], scopes: readonly Scope[]): Grant => ({ roles, scopes })

/** The table itself, in the order of the loop, then the office. */
export const PERMISSIONS: Readonly<Record<string, Grant>> = {
  'sites.read': grant(everyone, readers),
  'sites.write': grant(officers, writers),
  'visitors.read': grant(everyone, readers),
  'visitors.write': grant(officers, writers),
  'track.write': grant([], ['admin', 'write', 'track']),
  'forms.read': grant(everyone, readers),
  'forms.write': grant(officers, writers),
  'imports.read': grant(sellers, readers),
  'imports.write': grant(officers, writers),
  'cards.read': grant(sellers, readers),
  'cards.write': grant(sellers, writers),
  'leads.read': grant(everyone, readers),
  'leads.write': grant(sellers, writers),
  'leads.bulk': grant(officers, writers),
  // A whole list at once, or all that is known of somebody: more than a key that reads may take away, as for the role sales.
  'leads.export': grant(officers, adminOnly),
  'leads.erase': grant(ownerOnly, adminOnly),
  'companies.read': grant(everyone, readers),
  'companies.write': grant(sellers, writers),
  'fields.read': grant(everyone, readers),
  'fields.write': grant(officers, writers),
  'plan.read': grant(everyone, readers),
  'plan.write': grant(officers, writers),
  'scores.read': grant(everyone, readers),
  'scores.write': grant(officers, writers),
  'segments.read': grant(everyone, readers),
  'segments.write': grant(officers, writers),
  'templates.read': grant(everyone, readers),
  'templates.write': grant(officers, writers),
  'newsletters.read': grant(everyone, readers),
  'newsletters.write': grant(officers, writers),
  'mail.read': grant(everyone, readers),
  'mail.write': grant(officers, writers),
  'signals.read': grant(everyone, readers),
  'signals.write': grant(sellers, writers),
  'handoffs.read': grant(everyone, readers),
  'handoffs.write': grant(sellers, writers),
  'assignment.read': grant(everyone, readers),
  'assignment.write': grant(officers, writers),
  'deals.read': grant(everyone, readers),
  'deals.write': grant(sellers, writers),
  'scenarios.read': grant(everyone, readers),
  'scenarios.write': grant(officers, writers),
  'reports.read': grant(everyone, readers),
  'reports.write': grant(officers, writers),
  'settings.read': grant(everyone, readers),
  'settings.write': grant(ownerOnly, adminOnly),
  'colleagues.read': grant(everyone, readers),
  'users.read': grant(ownerOnly, adminOnly),
  'users.write': grant(ownerOnly, adminOnly),
  'keys.read': grant(ownerOnly, adminOnly),
  'keys.write': grant(ownerOnly, adminOnly),
  'audit.read': grant(ownerOnly, adminOnly),
  // A backup holds everything there is.
  'backups.read': grant(ownerOnly, adminOnly),
  'backups.write': grant(ownerOnly, adminOnly),
  // One's own account: any signed-in user, never an API key.
  'self.read': grant(everyone, []),
  'self.write': grant(everyone, []),
  // The live stream and whatever else only asks that somebody is known.
  'live.read': grant(everyone, readers),
}

/** The explicit word for "no sign-in needed". */
export const PUBLIC = 'public'

/** Whoever asks, as far as permissions care. Structurally the kernel's Actor. */
export type Asker =
  | { readonly kind: 'user'; readonly role: string }
  | { readonly kind: 'key'; readonly scopes: readonly string[] }
  | { readonly kind: 'system' }
  | { readonly kind: 'public' }

/**
 * May this actor do what the permission stands for? Pure and closed: an unknown permission, role
 * or scope means no. The system (worker, CLI) may do everything.
 */
export function mayActor(actor: Asker, permission: string): boolean {
  if (permission === PUBLIC) return true
  const granted = Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission] : undefined
  if (granted === undefined) return false
  if (actor.kind === 'system') return true
  if (actor.kind === 'user') return granted.roles.some((role) => role === actor.role)
  if (actor.kind === 'key') return granted.scopes.some((scope) => actor.scopes.includes(scope))
  return false
}

/** Every permission a role or a set of scopes holds; the admin UI hides what would be refused. */
export function permissionsOf(actor: Asker): string[] {
  return Object.keys(PERMISSIONS).filter((permission) => mayActor(actor, permission))
}

/** What the start-up check needs to know of an endpoint. */
export interface GuardedEndpoint {
  readonly name: string
  readonly permission?: string | undefined
}

/**
 * Called once at start with all endpoints. Throws, naming every endpoint whose permission is
 * missing or not in the table: a route nobody thought about must not be served.
 */
export function assertPermissions(endpoints: readonly GuardedEndpoint[]): void {
  const bad = endpoints.filter(
    ({ permission }) => permission !== PUBLIC && (permission === undefined || !Object.hasOwn(PERMISSIONS, permission)),
  )
  if (bad.length === 0) return
  const lines = bad.map(({ name, permission }) => `  ${name}: ${permission ?? '(none)'}`)
  throw new Error(`These endpoints have no permission in src/access/roles.ts:\n${lines.join('\n')}`)
}
