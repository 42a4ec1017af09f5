import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { mergeByHand } from '../adopt/service.ts'
import { createLead } from '../change/service.ts'
import { facts } from '../facts.ts'
import { personTables } from '../tables.ts'
import { create, join, leave, ofLead } from './service.ts'
import { personTables as own } from './tables.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables: [...personTables, ...own], facts } })
})
afterAll(() => db.close())

const lead = async (givenName: string) =>
  (await db.tx((ctx) => createLead(ctx, { mail: `${givenName}@gmail.com`, fields: { familyName: '見本', givenName } }))).id
const membersOf = async (leadId: string) =>
  (await db.read((ctx) => ofLead(ctx, { leadId }))).household?.members.map((one) => [one.id, one.relation])
const subjectOf = (id: string) => ({ bucket: Number.parseInt(id.slice(-2), 16), id })

test('CRM-24 a family decides together without any company: made, joined, left', async () => {
  const [a, b] = [await lead('taro'), await lead('hanako')]
  expect((await db.read((ctx) => ofLead(ctx, { leadId: a }))).household).toBeNull()
  const { id } = await db.tx((ctx) => create(ctx, { leadId: a, name: '見本家', relation: 'head' }))
  await db.tx((ctx) => join(ctx, { id, leadId: b, relation: 'partner' }))
  expect(await membersOf(b)).toEqual([
    [a, 'head'],
    [b, 'partner'],
  ])
  await db.tx((ctx) => join(ctx, { id, leadId: b, relation: 'other' }))
  expect(await membersOf(a)).toEqual([
    [a, 'head'],
    [b, 'other'],
  ])
  await db.tx((ctx) => leave(ctx, { leadId: b }))
  expect(await membersOf(a)).toEqual([[a, 'head']])
  await db.tx((ctx) => leave(ctx, { leadId: a }))
  await expect(db.tx((ctx) => join(ctx, { id, leadId: b, relation: 'other' }))).rejects.toMatchObject({ code: 'household.unknown' })
})

test('CRM-24 two leads who turn out to be one person stay in their household once', async () => {
  const [a, b] = [await lead('ichiro'), await lead('jiro')]
  const { id } = await db.tx((ctx) => create(ctx, { leadId: a, name: '見本家', relation: 'head' }))
  await db.tx((ctx) => join(ctx, { id, leadId: b, relation: 'child' }))
  await db.tx((ctx) => mergeByHand(ctx, { keep: subjectOf(a), lose: subjectOf(b) }))
  expect(await membersOf(a)).toEqual([[a, 'head']])
  expect(await membersOf(b)).toEqual([[a, 'head']])
})
