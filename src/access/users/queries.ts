import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { AccessLinkTable, AuthUserTable } from '../tables.ts'
import type { Role } from '../vocabulary.ts'

const SETUP_LOCK = 0x68676b31

/** Lets only one set-up run at a time; the second one then sees the first one's user. */
export async function lockSetup(db: Db): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${SETUP_LOCK}::int)`.execute(db)
}

export async function hasUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom('auth_user').select('id').limit(1).executeTakeFirst()) !== undefined
}

export async function isDeactivated(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('auth_user').select('deactivated_at').where('id', '=', id).executeTakeFirst()
  return row === undefined || row.deactivated_at !== null
}

/** A user with a password, as better-auth stores one: an account of the provider `credential`. */
export async function insertUser(
  db: Db,
  user: { id: string; name: string; email: string; role: Role; language: 'ja' | 'en'; password: string },
  now: Date,
): Promise<void> {
  const { password, ...row } = user
  await db
    .insertInto('auth_user')
    .values({ ...row, image: null, deactivated_at: null, email_verified: true, created_at: now, updated_at: now })
    .execute()
  await insertPassword(db, user.id, password, now)
}

async function insertPassword(db: Db, userId: string, password: string, now: Date): Promise<void> {
  await db
    .insertInto('auth_account')
    .values({ account_id: userId, provider_id: 'credential', user_id: userId, password, created_at: now, updated_at: now })
    .execute()
}

/** Sets a user's password hash, also for one who never had any. */
export async function setPassword(db: Db, userId: string, password: string, now: Date): Promise<void> {
  const done = await db
    .updateTable('auth_account')
    .set({ password, updated_at: now })
    .where('user_id', '=', userId)
    .where('provider_id', '=', 'credential')
    .executeTakeFirst()
  if (Number(done.numUpdatedRows) === 0) await insertPassword(db, userId, password, now)
}

export async function endSessions(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('auth_session').where('user_id', '=', userId).execute()
}

export function findUser(db: Db, id: string): Promise<AuthUserRow | undefined> {
  return db.selectFrom('auth_user').select(USER_COLUMNS).where('id', '=', id).executeTakeFirst()
}

export function findUserByEmail(db: Db, email: string): Promise<AuthUserRow | undefined> {
  return db.selectFrom('auth_user').select(USER_COLUMNS).where('email', '=', email).executeTakeFirst()
}

const USER_COLUMNS = ['id', 'name', 'email', 'role', 'language', 'created_at', 'deactivated_at', 'two_factor_enabled'] as const

export type AuthUserRow = Pick<AuthUserTable, 'id' | 'name' | 'email' | 'role' | 'language' | 'created_at' | 'deactivated_at'> & {
  two_factor_enabled: boolean | null
}

/** Everybody, with the newest instant any of their open sessions was refreshed. */
export async function listUsers(db: Db): Promise<(AuthUserRow & { last_seen_at: Date | null })[]> {
  const seen = db
    .selectFrom('auth_session')
    .select((eb) => ['user_id', eb.fn.max('updated_at').as('last_seen_at')])
    .groupBy('user_id')
    .as('seen')
  return db
    .selectFrom('auth_user')
    .leftJoin(seen, 'seen.user_id', 'auth_user.id')
    .select(USER_COLUMNS.map((column) => `auth_user.${column}` as const))
    .select('seen.last_seen_at')
    .orderBy('auth_user.created_at')
    .orderBy('auth_user.id')
    .execute()
}

/** The active owners, locked: two changes of roles at once cannot both believe the other one stays. */
export async function lockOwners(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('auth_user')
    .select('id')
    .where('role', '=', 'owner')
    .where('deactivated_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map((row) => row.id)
}

export async function updateUser(
  db: Db,
  id: string,
  change: { name?: string; language?: 'ja' | 'en'; role?: Role; deactivated_at?: Date | null },
  now: Date,
): Promise<void> {
  await db
    .updateTable('auth_user')
    .set({ ...change, updated_at: now })
    .where('id', '=', id)
    .execute()
}

export async function deleteTwoFactor(db: Db, userId: string, now: Date): Promise<void> {
  await db.deleteFrom('auth_two_factor').where('user_id', '=', userId).execute()
  await db.updateTable('auth_user').set({ two_factor_enabled: false, updated_at: now }).where('id', '=', userId).execute()
}

export async function insertLink(db: Db, row: AccessLinkTable): Promise<void> {
  await db.insertInto('access_link').values(row).execute()
}

export function findLink(db: Db, tokenHash: string): Promise<AccessLinkTable | undefined> {
  return db.selectFrom('access_link').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst()
}

/** The link, locked, so that it is used once. */
export function lockLink(db: Db, tokenHash: string): Promise<AccessLinkTable | undefined> {
  return db.selectFrom('access_link').selectAll().where('token_hash', '=', tokenHash).forUpdate().executeTakeFirst()
}

export async function markLinkUsed(db: Db, id: string, at: Date): Promise<void> {
  await db.updateTable('access_link').set({ used_at: at }).where('id', '=', id).execute()
}

/** Closes the open invitations of an address, or one by id. Returns how many. */
export async function withdrawInvitations(db: Db, which: { id: string } | { email: string }, at: Date): Promise<number> {
  let query = db
    .updateTable('access_link')
    .set({ withdrawn_at: at })
    .where('kind', '=', 'invite')
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
  query = 'id' in which ? query.where('id', '=', which.id) : query.where('email', '=', which.email)
  return Number((await query.executeTakeFirst()).numUpdatedRows)
}

/** A new password makes every other reset link of that user worthless. */
export async function withdrawResets(db: Db, userId: string, at: Date): Promise<void> {
  await db
    .updateTable('access_link')
    .set({ withdrawn_at: at })
    .where('user_id', '=', userId)
    .where('kind', '=', 'reset')
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .execute()
}

export function listInvitations(db: Db): Promise<AccessLinkTable[]> {
  return db
    .selectFrom('access_link')
    .selectAll()
    .where('kind', '=', 'invite')
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** When the user's newest reset link was made. */
export async function lastResetAt(db: Db, userId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('access_link')
    .select((eb) => eb.fn.max('created_at').as('at'))
    .where('user_id', '=', userId)
    .where('kind', '=', 'reset')
    .executeTakeFirst()
  return row?.at ?? null
}

/** Sessions, sign-in challenges and rate counters whose time is over. */
export async function deleteStale(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('auth_session').where('expires_at', '<', now).execute()
  await sql`DELETE FROM auth_verification WHERE expires_at < ${now}`.execute(db)
  await sql`DELETE FROM auth_rate_limit WHERE last_request < ${now.getTime() - 3_600_000}`.execute(db)
}

/** Wrong passwords for one address since `since`, from wherever they came. */
export async function countTries(db: Db, key: string, since: Date): Promise<number> {
  const found = await sql<{
    count: number
  }>`SELECT count FROM auth_rate_limit WHERE key = ${key} AND last_request > ${since.getTime()}`.execute(db)
  return found.rows[0]?.count ?? 0
}

/** One more wrong password; the count begins anew when the last one lies before `since`. */
export async function addTry(db: Db, key: string, at: Date, since: Date): Promise<void> {
  await sql`INSERT INTO auth_rate_limit AS r (key, count, last_request) VALUES (${key}, 1, ${at.getTime()})
    ON CONFLICT (key) DO UPDATE SET count = CASE WHEN r.last_request > ${since.getTime()} THEN r.count + 1 ELSE 1 END, last_request = excluded.last_request`.execute(
    db,
  )
}

export async function clearTries(db: Db, key: string): Promise<void> {
  await sql`DELETE FROM auth_rate_limit WHERE key = ${key}`.execute(db)
}
