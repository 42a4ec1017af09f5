import type { Generated } from 'kysely'
import type { JsonObject } from '#kernel/json.ts'
import type { Role, Scope } from './vocabulary.ts'

/** better-auth's tables under our names; only the columns that our own statements touch are typed as ours. */
export interface AuthUserTable {
  id: string
  name: string
  email: string
  email_verified: Generated<boolean>
  image: string | null
  created_at: Date
  updated_at: Date
  two_factor_enabled: Generated<boolean | null>
  role: Role
  language: 'ja' | 'en'
  deactivated_at: Date | null
}

export interface AuthSessionTable {
  id: Generated<string>
  expires_at: Date
  token: string
  created_at: Date
  updated_at: Date
  ip_address: string | null
  user_agent: string | null
  user_id: string
}

export interface AuthAccountTable {
  id: Generated<string>
  account_id: string
  provider_id: string
  user_id: string
  password: string | null
  created_at: Date
  updated_at: Date
}

export interface AuthTwoFactorTable {
  id: Generated<string>
  user_id: string
  verified: Generated<boolean | null>
}

/** One-time links: invitations and password resets. Only sha256 of the token is kept. */
export interface AccessLinkTable {
  id: string
  kind: 'invite' | 'reset'
  token_hash: string
  user_id: string | null
  email: string
  name: string
  role: Role
  language: 'ja' | 'en'
  made_by: string
  created_at: Date
  expires_at: Date
  used_at: Date | null
  withdrawn_at: Date | null
}

export interface ApiKeyTable {
  id: string
  name: string
  hint: string
  key_hash: string
  scopes: Scope[]
  made_by: string
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

export interface AuditTable {
  id: string
  at: Date
  actor_kind: 'user' | 'key' | 'system' | 'public'
  actor_id: string | null
  actor_name: string
  action: string
  subject_kind: string | null
  subject_id: string | null
  detail: JsonObject
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    auth_user: AuthUserTable
    auth_session: AuthSessionTable
    auth_account: AuthAccountTable
    auth_two_factor: AuthTwoFactorTable
    access_link: AccessLinkTable
    api_key: ApiKeyTable
    audit: AuditTable
  }
}
