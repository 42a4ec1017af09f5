import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { companyProfile } from '../company/contract.ts'
import { ROLES } from '../vocabulary.ts'

const name = z.string().trim().min(1).max(100)
const email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase())
const password = z.string().min(10).max(128)
const role = z.enum(ROLES)
const language = z.enum(['ja', 'en'])
const token = z.string().min(20).max(100)

export const me = z.object({
  id: uuid,
  name: z.string(),
  email: z.string(),
  role,
  language,
  twoFactor: z.boolean(),
  permissions: z.array(z.string()),
})
export type Me = z.infer<typeof me>

export const user = z.object({
  id: uuid,
  name: z.string(),
  email: z.string(),
  role,
  language,
  twoFactor: z.boolean(),
  active: z.boolean(),
  createdAt: instant,
  lastSeenAt: instant.nullable().describe('The newest sign-in or use of an open session, to the day'),
})
export type User = z.infer<typeof user>

export const invitation = z.object({
  id: uuid,
  name: z.string(),
  email: z.string(),
  role,
  madeBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  expired: z.boolean(),
})
export type Invitation = z.infer<typeof invitation>

/** A one-time link: shown this once, and mailed when mail is set up. */
const link = z.object({ link: z.string(), expiresAt: instant, mailed: z.boolean() })

export const setupContract = {
  status: endpoint({
    method: 'GET',
    path: '/setup',
    permission: 'public',
    summary: 'Does this installation still need its first user? Can it send mail for a forgotten password?',
    input: z.object({}),
    output: z.object({ needed: z.boolean(), mailReady: z.boolean() }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/setup',
    permission: 'public',
    summary: 'Make the owner and the basics of the company; works once, while there is no user',
    input: z.object({
      name,
      email,
      password,
      language,
      company: companyProfile.partial().extend({ legalName: z.string().trim().min(1).max(200) }),
    }),
    output: z.object({ id: uuid }),
  }),
}

export const meContract = {
  read: endpoint({
    method: 'GET',
    path: '/me',
    permission: 'self.read',
    summary: 'Who I am and what I may do',
    input: z.object({}),
    output: me,
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/me',
    permission: 'self.write',
    summary: 'Change my name or language',
    input: z.object({ name: name.optional(), language: language.optional() }),
    output: done,
  }),
}

export const usersContract = {
  colleagues: endpoint({
    method: 'GET',
    path: '/colleagues',
    permission: 'colleagues.read',
    summary: 'Names of all users, for choosing an owner',
    input: z.object({}),
    output: z.object({ items: z.array(z.object({ id: uuid, name: z.string(), role, active: z.boolean() })) }),
  }),
  list: endpoint({
    method: 'GET',
    path: '/users',
    permission: 'users.read',
    summary: 'All users and the invitations that are still open',
    input: z.object({}),
    output: z.object({ items: z.array(user), invitations: z.array(invitation) }),
  }),
  invite: endpoint({
    method: 'POST',
    path: '/users/invitations',
    permission: 'users.write',
    summary: 'Invite somebody by a link that works once within seven days; an older invitation of the same address is replaced',
    input: z.object({ name, email, role, language: language.default('ja') }),
    output: link.extend({ id: uuid }),
  }),
  withdraw: endpoint({
    method: 'DELETE',
    path: '/users/invitations/{id}',
    permission: 'users.write',
    summary: 'Withdraw an invitation',
    input: z.object({ id: uuid }),
    output: done,
  }),
  changeRole: endpoint({
    method: 'PATCH',
    path: '/users/{id}',
    permission: 'users.write',
    summary: 'Change a role',
    input: z.object({ id: uuid, role }),
    output: done,
  }),
  deactivate: endpoint({
    method: 'POST',
    path: '/users/{id}/deactivate',
    permission: 'users.write',
    summary: 'Deactivate a user: all sessions end at once',
    input: z.object({ id: uuid }),
    output: done,
  }),
  reactivate: endpoint({
    method: 'POST',
    path: '/users/{id}/reactivate',
    permission: 'users.write',
    summary: 'Let a deactivated user in again',
    input: z.object({ id: uuid }),
    output: done,
  }),
  resetLink: endpoint({
    method: 'POST',
    path: '/users/{id}/reset-link',
    permission: 'users.write',
    summary: 'Make a link by which the user sets a new password within a day',
    input: z.object({ id: uuid }),
    output: link,
  }),
  removeTwoFactor: endpoint({
    method: 'POST',
    path: '/users/{id}/remove-two-factor',
    permission: 'users.write',
    summary: 'Take the second factor off a user who lost the device',
    input: z.object({ id: uuid }),
    output: done,
  }),
}

/** What whoever holds a one-time link may do. The token travels in the body, never in an address that gets logged. */
export const linksContract = {
  open: endpoint({
    method: 'POST',
    path: '/account-links/open',
    permission: 'public',
    summary: 'What a one-time link is for',
    input: z.object({ token }),
    output: z.object({
      kind: z.enum(['invite', 'reset']),
      name: z.string(),
      email: z.string(),
      language,
      company: z.string(),
      expiresAt: instant,
    }),
  }),
  accept: endpoint({
    method: 'POST',
    path: '/account-links/accept',
    permission: 'public',
    summary: 'Use a one-time link: set the password, and with an invitation become a user',
    input: z.object({ token, password, name: name.optional(), language: language.optional() }),
    output: z.object({ email: z.string() }),
  }),
  forgot: endpoint({
    method: 'POST',
    path: '/password-resets',
    permission: 'public',
    summary: 'Ask for a link to a new password by mail. The answer is the same whether or not the address is known',
    input: z.object({ email }),
    output: done,
  }),
}
