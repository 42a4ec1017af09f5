// The closed lists of roles and API-key scopes. Browser-safe: contracts hand them to the screens.
export const ROLES = ['owner', 'marketer', 'sales', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const SCOPES = ['admin', 'write', 'read', 'track'] as const
export type Scope = (typeof SCOPES)[number]
