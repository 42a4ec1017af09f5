// The closed lists of roles and API-key scopes. Browser-safe: contracts hand them to the screens.
export const ROLES = ['owner', 'marketer', 'sales', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const SCOPES = ['admin', 'write', 'read', 'track'] as const
export type Scope = (typeof SCOPES)[number]

/** Stands in the audit log where a word about somebody was: such words go with the person, and the log stays. */
export const HIDDEN = '…'
