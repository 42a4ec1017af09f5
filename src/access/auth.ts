// better-auth on our own database: passwords, sessions and second factors. Everything about users as people lies in users/.
import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { House } from '#kernel/ctx.ts'
import { isDeactivated } from './users/queries.ts'

/** Seconds. */
const SESSION_LIVES = 30 * 24 * 3600
const SESSION_REFRESHED_AFTER = 24 * 3600

export const SHORTEST_PASSWORD = 10
export const LONGEST_PASSWORD = 128

/** The header in which our own door tells better-auth the client's address; whatever a client sends under this name is replaced. */
export const ADDRESS_HEADER = 'x-hagukumi-address'

/** Our column names for better-auth's fields. */
const columns = {
  user: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at', twoFactorEnabled: 'two_factor_enabled' },
  session: {
    expiresAt: 'expires_at',
    createdAt: 'created_at',
    updatedAt: 'updated_at',
    ipAddress: 'ip_address',
    userAgent: 'user_agent',
    userId: 'user_id',
  },
  account: {
    accountId: 'account_id',
    providerId: 'provider_id',
    userId: 'user_id',
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    idToken: 'id_token',
    accessTokenExpiresAt: 'access_token_expires_at',
    refreshTokenExpiresAt: 'refresh_token_expires_at',
    createdAt: 'created_at',
    updatedAt: 'updated_at',
  },
  verification: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
  twoFactor: {
    backupCodes: 'backup_codes',
    userId: 'user_id',
    failedVerificationCount: 'failed_verification_count',
    lockedUntil: 'locked_until',
  },
  rateLimit: { lastRequest: 'last_request' },
} as const

/** The options better-auth runs with. Exported so that a test can ask it whether our tables are complete. */
export function authOptions(house: House) {
  return {
    appName: 'Hagukumi',
    baseURL: house.publicUrl,
    basePath: '/api/auth',
    secret: house.secret('better-auth').toString('hex'),
    database: { db: house.db, type: 'postgres' as const },
    telemetry: { enabled: false },
    trustedOrigins: (request?: Request) => (request ? [new URL(request.url).origin] : []),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: SHORTEST_PASSWORD, maxPasswordLength: LONGEST_PASSWORD },
    user: {
      modelName: 'auth_user',
      fields: { emailVerified: columns.user.emailVerified, createdAt: columns.user.createdAt, updatedAt: columns.user.updatedAt },
      additionalFields: {
        role: { type: 'string' as const, required: true, input: false, defaultValue: 'viewer' },
        language: { type: 'string' as const, required: true, input: false, defaultValue: 'ja' },
        deactivatedAt: { type: 'date' as const, required: false, input: false, fieldName: 'deactivated_at' },
      },
    },
    session: { modelName: 'auth_session', fields: columns.session, expiresIn: SESSION_LIVES, updateAge: SESSION_REFRESHED_AFTER },
    account: { modelName: 'auth_account', fields: columns.account },
    verification: { modelName: 'auth_verification', fields: columns.verification },
    rateLimit: {
      enabled: true,
      storage: 'database' as const,
      modelName: 'auth_rate_limit',
      fields: columns.rateLimit,
      window: 60,
      max: 120,
      customRules: {
        '/sign-in/email': { window: 60, max: 10 },
        '/two-factor/*': { window: 60, max: 10 },
        '/change-password': { window: 60, max: 10 },
        '/get-session': false as const,
      },
    },
    advanced: {
      cookiePrefix: 'hagukumi',
      useSecureCookies: house.publicUrl.startsWith('https://'),
      defaultCookieAttributes: { sameSite: 'lax' as const, httpOnly: true, path: '/' },
      database: { generateId: 'uuid' as const, validateSchema: false },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    databaseHooks: { session: { create: { before: (session: { userId: string }) => refuseDeactivated(house, session.userId) } } },
    plugins: [
      twoFactor({
        issuer: 'Hagukumi',
        schema: {
          user: { fields: { twoFactorEnabled: columns.user.twoFactorEnabled } },
          twoFactor: { modelName: 'auth_two_factor', fields: columns.twoFactor },
        },
      }),
    ],
    logger: { level: 'error' as const, log: (_level: string, message: string) => house.log.error({ message }, 'auth') },
  }
}

/** A deactivated user hears the very words of a wrong password. */
async function refuseDeactivated(house: House, userId: string): Promise<void> {
  if (await isDeactivated(house.db, userId)) {
    throw new APIError('UNAUTHORIZED', { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' })
  }
}

const build = (house: House) => betterAuth(authOptions(house))
export type Auth = ReturnType<typeof build>

const built = new WeakMap<House, Auth>()

/** The one better-auth instance of a house. */
export function authOf(house: House): Auth {
  const found = built.get(house)
  if (found) return found
  const auth = build(house)
  built.set(house, auth)
  return auth
}
