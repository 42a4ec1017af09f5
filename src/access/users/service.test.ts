import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '#kernel/clock.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import * as audit from '../audit/service.ts'
import { companyProfile } from '../company/service.ts'
import type { AccountMail } from './links.ts'
import * as users from './service.ts'

let world: TestDatabase
const mails: AccountMail[] = []
const PASSWORD = 'correct horse battery'
const COMPANY = { legalName: '株式会社サンプル01' }
const first = { name: '見本 一郎', email: 'owner@example.co.jp', password: PASSWORD, language: 'ja' as const, company: COMPANY }

beforeAll(async () => {
  const accountMailer = { ready: async () => true, queue: async (_ctx: unknown, mail: AccountMail) => void mails.push(mail) }
  world = await testDatabase({ ports: { accountMailer } })
})
afterAll(() => world.close())

const tokenOf = (link: string) => link.split('#')[1] ?? ''

test('GEN-16 of two first-run forms sent at once one makes the owner and the other is refused', async () => {
  expect(await world.read((ctx) => users.setupStatus(ctx))).toEqual({ needed: true, mailReady: true })
  const results = await Promise.allSettled([
    world.tx((ctx) => users.setup(ctx, first)),
    world.tx((ctx) => users.setup(ctx, { ...first, email: 'second@example.co.jp' })),
  ])
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await world.read((ctx) => users.setupStatus(ctx))).toEqual({ needed: false, mailReady: true })
  const { items } = await world.read((ctx) => users.listUsers(ctx))
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({ role: 'owner', active: true, twoFactor: false })
  expect(await world.read((ctx) => companyProfile(ctx))).toMatchObject({
    legalName: '株式会社サンプル01',
    senderName: '株式会社サンプル01',
  })
})

test('GEN-16 an invitation is mailed, works once, and its token is nowhere in the database', async () => {
  const made = await world.tx((ctx) => users.invite(ctx, { name: '見本 二郎', email: 'jiro@example.co.jp', role: 'sales', language: 'ja' }))
  expect(made.mailed).toBe(true)
  expect(mails.at(-1)).toMatchObject({ kind: 'invite', to: 'jiro@example.co.jp', link: made.link })
  expect(JSON.stringify(await world.house.db.selectFrom('access_link').selectAll().execute())).not.toContain(tokenOf(made.link))
  const seen = await world.read((ctx) => users.openLink(ctx, { token: tokenOf(made.link) }))
  expect(seen).toMatchObject({ kind: 'invite', email: 'jiro@example.co.jp', company: '株式会社サンプル01' })
  const twice = await Promise.allSettled(
    [1, 2].map(() => world.tx((ctx) => users.acceptLink(ctx, { token: tokenOf(made.link), password: PASSWORD }))),
  )
  expect(twice.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
  const { items, invitations } = await world.read((ctx) => users.listUsers(ctx))
  expect(items.find((item) => item.email === 'jiro@example.co.jp')).toMatchObject({ role: 'sales', name: '見本 二郎', active: true })
  expect(invitations).toEqual([])
})

test('GEN-16 a newer invitation replaces the older one, and an old one is gone after seven days', async () => {
  const input = { name: '見本 三郎', email: 'saburo@example.co.jp', role: 'viewer' as const, language: 'ja' as const }
  const old = await world.tx((ctx) => users.invite(ctx, input))
  const fresh = await world.tx((ctx) => users.invite(ctx, input))
  await expect(world.read((ctx) => users.openLink(ctx, { token: tokenOf(old.link) }))).rejects.toMatchObject({ kind: 'gone' })
  world.clock.advance(7 * DAY)
  await expect(world.tx((ctx) => users.acceptLink(ctx, { token: tokenOf(fresh.link), password: PASSWORD }))).rejects.toMatchObject({
    kind: 'gone',
  })
  const { invitations } = await world.read((ctx) => users.listUsers(ctx))
  expect(invitations.map((one) => one.expired)).toEqual([true])
  await world.tx((ctx) => users.withdraw(ctx, { id: fresh.id }))
  expect((await world.read((ctx) => users.listUsers(ctx))).invitations).toEqual([])
})

test('GEN-16 a weak password leaves the link usable', async () => {
  const { id } = await aUser('weak')
  const made = await world.tx((ctx) => users.resetLink(ctx, { id }))
  await expect(world.tx((ctx) => users.acceptLink(ctx, { token: tokenOf(made.link), password: 'aaaaaaaaaaaa' }))).rejects.toMatchObject({
    kind: 'invalid',
    errors: [{ field: 'password' }],
  })
  await expect(world.tx((ctx) => users.acceptLink(ctx, { token: tokenOf(made.link), password: PASSWORD }))).resolves.toEqual({
    email: 'weak@example.co.jp',
  })
})

test('GEN-16 a reset by one link closes the others, ends the sessions, and is asked for at most once a minute', async () => {
  const { id, email } = await aUser('forgetful')
  await world.house.db
    .insertInto('auth_session')
    .values({
      user_id: id,
      token: 't',
      expires_at: new Date('2030-01-01'),
      created_at: world.clock.now(),
      updated_at: world.clock.now(),
      ip_address: null,
      user_agent: null,
    })
    .execute()
  const before = mails.length
  await world.tx((ctx) => users.forgot(ctx, { email }))
  await world.tx((ctx) => users.forgot(ctx, { email }))
  expect(mails.length).toBe(before + 1)
  world.clock.advance(2 * MINUTE)
  await world.tx((ctx) => users.forgot(ctx, { email }))
  expect(mails.length).toBe(before + 2)
  const [one, two] = mails.slice(-2)
  await world.tx((ctx) => users.acceptLink(ctx, { token: tokenOf(two?.link ?? ''), password: PASSWORD }))
  await expect(world.tx((ctx) => users.acceptLink(ctx, { token: tokenOf(one?.link ?? ''), password: PASSWORD }))).rejects.toMatchObject({
    kind: 'gone',
  })
  expect(await world.house.db.selectFrom('auth_session').selectAll().where('user_id', '=', id).execute()).toEqual([])
})

test('GEN-16 the last owner cannot be demoted or deactivated, also not by two at once', async () => {
  const owner = (await world.read((ctx) => users.listUsers(ctx))).items.find((item) => item.role === 'owner')
  const id = owner?.id ?? ''
  await expect(world.tx((ctx) => users.deactivate(ctx, { id }))).rejects.toMatchObject({ code: 'user.last_owner' })
  await expect(world.tx((ctx) => users.changeRole(ctx, { id, role: 'viewer' }))).rejects.toMatchObject({ code: 'user.last_owner' })
  const other = await aUser('second-owner', 'owner')
  const both = await Promise.allSettled([
    world.tx((ctx) => users.deactivate(ctx, { id })),
    world.tx((ctx) => users.deactivate(ctx, { id: other.id })),
  ])
  expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
  const { items } = await world.read((ctx) => users.listUsers(ctx))
  expect(items.filter((item) => item.role === 'owner' && item.active)).toHaveLength(1)
})

test('GEN-12 the audit log pages from new to old without gaps or repeats, and filters', async () => {
  await world.tx(async (ctx) => {
    for (let i = 0; i < 25; i++)
      await audit.recordCall(
        ctx,
        i % 5 === 0
          ? { endpoint: 'segments.create', permission: 'segments.write' }
          : { endpoint: 'leads.update', permission: 'leads.write' },
        { id: `x${i}`, password: 'p4ss' },
      )
  })
  const seen: string[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await world.read((ctx) => audit.list(ctx, { cursor, limit: 7 }))
    seen.push(...page.items.map((item) => item.id))
    more = page.next !== null
    cursor = page.next ?? undefined
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.length).toBe(
    Number(
      (
        await world.house.db
          .selectFrom('audit')
          .select((eb) => eb.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    ),
  )
  expect((await world.read((ctx) => audit.list(ctx, { limit: 50, action: 'segments' }))).items).toHaveLength(5)
  expect((await world.read((ctx) => audit.list(ctx, { limit: 50, action: 'seg' }))).items).toHaveLength(0)
  expect((await world.read((ctx) => audit.list(ctx, { limit: 50, subjectKind: 'leads', subjectId: 'x1' }))).items).toMatchObject([
    { action: 'leads.update', detail: { password: '…' } },
  ])
  await expect(world.read((ctx) => audit.list(ctx, { limit: 50, cursor: 'nonsense' }))).rejects.toMatchObject({ kind: 'invalid' })
})

async function aUser(name: string, role: 'owner' | 'sales' = 'sales'): Promise<{ id: string; email: string }> {
  const email = `${name}@example.co.jp`
  return { email, id: await world.tx((ctx) => users.addUser(ctx, { name, email, password: PASSWORD, language: 'en', role })) }
}
