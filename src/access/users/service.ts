import { hashPassword } from 'better-auth/crypto'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { record } from '../audit/service.ts'
import type { CompanyProfile } from '../company/contract.ts'
import { companyProfile, update as updateCompany } from '../company/service.ts'
import { permissionsOf } from '../roles.ts'
import type { AccessLinkTable } from '../tables.ts'
import type { Role } from '../vocabulary.ts'
import type { Invitation, Me, User } from './contract.ts'
import { FORGOT_AGAIN_AFTER, hashToken, isLastOwner, linkState, passwordProblem } from './decide.ts'
import { mailReady, makeLink } from './links.ts'
import * as queries from './queries.ts'

type Language = 'ja' | 'en'

/** Whether the first user is still to be made, and whether a forgotten password can be helped by mail. */
export async function setupStatus(ctx: Ctx): Promise<{ needed: boolean; mailReady: boolean }> {
  return { needed: !(await queries.hasUsers(ctx.db)), mailReady: await mailReady(ctx) }
}

/**
 * Makes the owner and the company's basics.
 * @throws Refusal conflict once there is any user; of two at the same time one is refused
 */
export async function setup(
  ctx: Ctx,
  input: {
    name: string
    email: string
    password: string
    language: Language
    company: { readonly [K in keyof CompanyProfile]?: CompanyProfile[K] | undefined }
  },
): Promise<{ id: string }> {
  await queries.lockSetup(ctx.db)
  if (await queries.hasUsers(ctx.db))
    refuse('conflict', 'setup.done', { message: 'This installation already has its first user. Sign in.' })
  const id = await addUser(ctx, { ...input, role: 'owner' })
  const defaults = { contactEmail: input.email, senderEmail: input.email, senderName: input.company.legalName ?? '' }
  const given = Object.entries(input.company).filter(([, value]) => value !== undefined && value !== '')
  await updateCompany(ctx, { ...defaults, ...Object.fromEntries(given) })
  return { id }
}

/** Makes a user with a password. @throws Refusal invalid for a weak password, conflict for a known address */
export async function addUser(
  ctx: Ctx,
  input: { name: string; email: string; password: string; language: Language; role: Role },
): Promise<string> {
  const password = await hashed(input.password, input.email)
  if (await queries.findUserByEmail(ctx.db, input.email))
    refuse('conflict', 'user.known', { message: 'There is already a user with this address.', field: 'email' })
  const id = ctx.id()
  await queries.insertUser(
    ctx.db,
    { id, name: input.name, email: input.email, role: input.role, language: input.language, password },
    ctx.now,
  )
  return id
}

async function hashed(password: string, email: string): Promise<string> {
  const problem = passwordProblem(password, email)
  if (problem) refuse('invalid', 'password.weak', { message: problem, field: 'password' })
  return hashPassword(password)
}

/** Who asks, and what they may do. */
export async function readMe(ctx: Ctx): Promise<Me> {
  const row = await signedIn(ctx)
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    language: row.language,
    twoFactor: row.two_factor_enabled === true,
    permissions: permissionsOf({ kind: 'user', role: row.role }),
  }
}

/** Whether there is such a user who may work: owners of leads and deals must be one. */
export async function isActiveUser(ctx: Ctx, id: string): Promise<boolean> {
  return !(await queries.isDeactivated(ctx.db, id))
}

export async function updateMe(ctx: Ctx, input: { name?: string | undefined; language?: Language | undefined }): Promise<{ ok: true }> {
  const row = await signedIn(ctx)
  await queries.updateUser(ctx.db, row.id, { name: input.name ?? row.name, language: input.language ?? row.language }, ctx.now)
  return { ok: true }
}

async function signedIn(ctx: Ctx): Promise<queries.AuthUserRow> {
  const row = ctx.actor.kind === 'user' ? await queries.findUser(ctx.db, ctx.actor.id) : undefined
  if (!row) refuse('unauthenticated', 'session.none', { message: 'Sign in first.' })
  return row
}

/** Everybody's name, for choosing an owner. */
export async function colleagues(ctx: Ctx): Promise<{ items: { id: string; name: string; role: Role; active: boolean }[] }> {
  const rows = await queries.listUsers(ctx.db)
  return { items: rows.map((row) => ({ id: row.id, name: row.name, role: row.role, active: row.deactivated_at === null })) }
}

export async function listUsers(ctx: Ctx): Promise<{ items: User[]; invitations: Invitation[] }> {
  const [rows, links] = [await queries.listUsers(ctx.db), await queries.listInvitations(ctx.db)]
  return {
    items: rows.map((row) => ({
      id: row.id,
      name: row.name,
      email: row.email,
      role: row.role,
      language: row.language,
      twoFactor: row.two_factor_enabled === true,
      active: row.deactivated_at === null,
      createdAt: row.created_at.toISOString(),
      lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    })),
    invitations: links.map((link) => ({
      id: link.id,
      name: link.name,
      email: link.email,
      role: link.role,
      madeBy: link.made_by,
      createdAt: link.created_at.toISOString(),
      expiresAt: link.expires_at.toISOString(),
      expired: linkState(link, ctx.now) === 'expired',
    })),
  }
}

type Link = { link: string; expiresAt: string; mailed: boolean }

export async function invite(
  ctx: Ctx,
  input: { name: string; email: string; role: Role; language: Language },
): Promise<Link & { id: string }> {
  if (await queries.findUserByEmail(ctx.db, input.email))
    refuse('conflict', 'user.known', { message: 'There is already a user with this address.', field: 'email' })
  await queries.withdrawInvitations(ctx.db, { email: input.email }, ctx.now)
  const made = await makeLink(ctx, { kind: 'invite', userId: null, ...input })
  return { ...made, expiresAt: made.expiresAt.toISOString() }
}

export async function withdraw(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const closed = await queries.withdrawInvitations(ctx.db, { id: input.id }, ctx.now)
  if (closed === 0) refuse('missing', 'invitation.missing', { message: 'There is no such open invitation.' })
  return { ok: true }
}

/** @throws Refusal conflict for the last owner, who must stay one */
export async function changeRole(ctx: Ctx, input: { id: string; role: Role }): Promise<{ ok: true }> {
  const row = await target(ctx, input.id)
  if (row.role === 'owner' && input.role !== 'owner') await keepAnOwner(ctx, row.id)
  await queries.updateUser(ctx.db, row.id, { role: input.role }, ctx.now)
  await record(ctx, { action: 'users.role', subjectKind: 'users', subjectId: row.id, detail: { from: row.role, to: input.role } })
  await announce(ctx, 'access.changed', { id: row.id })
  return { ok: true }
}

/** Ends all sessions at once. @throws Refusal conflict for the last owner */
export async function deactivate(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await target(ctx, input.id)
  if (row.role === 'owner') await keepAnOwner(ctx, row.id)
  await queries.updateUser(ctx.db, row.id, { deactivated_at: row.deactivated_at ?? ctx.now }, ctx.now)
  await queries.endSessions(ctx.db, row.id)
  await queries.withdrawResets(ctx.db, row.id, ctx.now)
  await announce(ctx, 'access.changed', { id: row.id })
  return { ok: true }
}

export async function reactivate(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await target(ctx, input.id)
  await queries.updateUser(ctx.db, row.id, { deactivated_at: null }, ctx.now)
  return { ok: true }
}

/** A link by which the user sets a new password. Sessions stay until it is used. */
export async function resetLink(ctx: Ctx, input: { id: string }): Promise<Link> {
  const row = await target(ctx, input.id)
  if (row.deactivated_at) refuse('conflict', 'user.inactive', { message: 'Reactivate this user first.' })
  const made = await makeLink(ctx, {
    kind: 'reset',
    userId: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    language: row.language,
  })
  return { link: made.link, mailed: made.mailed, expiresAt: made.expiresAt.toISOString() }
}

export async function removeTwoFactor(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await target(ctx, input.id)
  await queries.deleteTwoFactor(ctx.db, row.id, ctx.now)
  await queries.endSessions(ctx.db, row.id)
  await announce(ctx, 'access.changed', { id: row.id })
  return { ok: true }
}

async function target(ctx: Ctx, id: string): Promise<queries.AuthUserRow> {
  return (await queries.findUser(ctx.db, id)) ?? refuse('missing', 'user.missing', { message: 'There is no such user.' })
}

async function keepAnOwner(ctx: Ctx, id: string): Promise<void> {
  if (isLastOwner(id, await queries.lockOwners(ctx.db))) {
    refuse('conflict', 'user.last_owner', { message: 'This is the last owner. Make somebody else an owner first.' })
  }
}

export async function openLink(
  ctx: Ctx,
  input: { token: string },
): Promise<{ kind: 'invite' | 'reset'; name: string; email: string; language: Language; company: string; expiresAt: string }> {
  const link = usable(await queries.findLink(ctx.db, hashToken(input.token)), ctx.now)
  const company = await companyProfile(ctx)
  return {
    kind: link.kind,
    name: link.name,
    email: link.email,
    language: link.language,
    company: company.legalName,
    expiresAt: link.expires_at.toISOString(),
  }
}

/** Uses a one-time link. All sessions end when it sets a new password. @throws Refusal gone when it was used, withdrawn or is too old */
export async function acceptLink(
  ctx: Ctx,
  input: { token: string; password: string; name?: string | undefined; language?: Language | undefined },
): Promise<{ email: string }> {
  const link = usable(await queries.lockLink(ctx.db, hashToken(input.token)), ctx.now)
  await queries.markLinkUsed(ctx.db, link.id, ctx.now)
  const actor = { kind: 'user', id: link.user_id ?? '', name: input.name ?? link.name, role: link.role } as const
  if (link.kind === 'invite') {
    const id = await addUser(ctx, {
      name: input.name ?? link.name,
      email: link.email,
      password: input.password,
      language: input.language ?? link.language,
      role: link.role,
    })
    await record(ctx, { action: 'users.joined', subjectKind: 'users', subjectId: id, actor: { ...actor, id }, detail: { role: link.role } })
    return { email: link.email }
  }
  const row = await target(ctx, link.user_id ?? '')
  await queries.setPassword(ctx.db, row.id, await hashed(input.password, row.email), ctx.now)
  await queries.withdrawResets(ctx.db, row.id, ctx.now)
  await queries.endSessions(ctx.db, row.id)
  await announce(ctx, 'access.changed', { id: row.id })
  await record(ctx, { action: 'auth.password_reset', subjectKind: 'users', subjectId: row.id, actor })
  return { email: link.email }
}

function usable(link: AccessLinkTable | undefined, now: Date): AccessLinkTable {
  if (!link || linkState(link, now) !== 'open') {
    refuse('gone', 'link.gone', { message: 'This link was used, withdrawn or is too old. Ask for a new one.' })
  }
  return link
}

/** Mails a link to a known, active user; says the same to everybody, and mails at most once a minute. */
export async function forgot(ctx: Ctx, input: { email: string }): Promise<{ ok: true }> {
  const row = await queries.findUserByEmail(ctx.db, input.email)
  if (!row || row.deactivated_at || !(await mailReady(ctx))) return { ok: true }
  const last = await queries.lastResetAt(ctx.db, row.id)
  if (last && ctx.now.getTime() - last.getTime() < FORGOT_AGAIN_AFTER) return { ok: true }
  await makeLink(ctx, { kind: 'reset', userId: row.id, email: row.email, name: row.name, role: row.role, language: row.language })
  return { ok: true }
}
