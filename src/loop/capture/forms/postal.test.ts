import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addProduct } from '#loop/identify/fields/products.ts'
import { listFields } from '#loop/identify/fields/service.ts'
import { loadPeople } from '#loop/identify/service.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { STANDARD_KEYS } from './decide.ts'
import { publicRoutes } from './routes.ts'
import { createForm, getForm, publishForm, saveForm } from './service.ts'
import { personTables } from './tables.ts'

let db: TestDatabase
let app: FastifyInstance
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables: [...identifyTables, ...personTables], facts: [], leadFilters: {}, timelinePoints: [] } })
  app = Fastify()
  await app.register(async (part) => publicRoutes(part, db.house))
})
afterAll(async () => {
  await app.close()
  await db.close()
})

const ask = (key: string, more: object = {}) => ({
  ...{ id: key.toLowerCase().replace(/[^a-z]/g, ''), key, kind: 'text' as const, label: { ja: key, en: key } },
  ...{ required: false, half: false, options: [], ...more },
})

async function published(keys: readonly ReturnType<typeof ask>[]): Promise<string> {
  return db.tx(async (ctx) => {
    const { id } = await createForm(ctx, { name: '資料請求', template: 'blank' })
    const { spec } = await getForm(ctx, { id })
    const fields = [ask('mail', { kind: 'email' as const }), ...keys]
    await saveForm(ctx, {
      id,
      name: '資料請求',
      spec: { ...spec, fields, source: 'フォーム', interest: ['製品'], title: { ja: '資料', en: '' } },
    })
    await publishForm(ctx, { id })
    return id
  })
}

test('CRM-06 a hosted form with a postal code fills in the address; one without runs no script', async () => {
  const withPostal = await app.inject({ url: `/f/${await published([ask('postalCode'), ask('prefecture'), ask('city')])}` })
  const [, nonce] = /script-src 'nonce-([^']+)'; connect-src 'self'/.exec(String(withPostal.headers['content-security-policy'])) ?? []
  expect(withPostal.body).toContain(`<script nonce="${nonce}">`)
  expect(withPostal.body).toContain('autocomplete="postal-code"')
  const without = await app.inject({ url: `/f/${await published([ask('city')])}` })
  expect([without.body.includes('<script'), String(without.headers['content-security-policy']).includes('script-src')]).toEqual([
    false,
    false,
  ])
  const found = await app.inject({ url: '/f/postal/1500001' })
  expect([found.json(), found.headers['access-control-allow-origin']]).toEqual([
    { 'address-level1': '東京都', 'address-level2': '渋谷区', 'address-line1': '神宮前' },
    '*',
  ])
  expect((await app.inject({ url: '/f/postal/0000000' })).statusCode).toBe(404)
})

test('CRM-19 CRM-20 CAP-14 a form may ask for every standard field, and address, budget and products reach the lead', async () => {
  await db.tx((ctx) => addProduct(ctx, { ja: '製品A', en: 'Product A', pageGroups: [] }))
  const standard = (await db.tx((ctx) => listFields(ctx))).items.filter((field) => field.key !== 'contactMail').map((field) => field.key)
  expect(standard.filter((key) => !STANDARD_KEYS.includes(key))).toEqual([])
  const options = [{ value: '製品A', ja: '製品A', en: '' }]
  const id = await published([ask('postalCode'), ask('budget'), ask('products', { kind: 'multi' as const, options })])
  const { pass } = (await app.inject({ url: `/f/${id}/embed` })).json() as { pass: string }
  db.clock.advance(5_000)
  const sent = await app.inject({
    method: 'POST',
    url: `/f/${id}`,
    payload: JSON.stringify({ _pass: pass, mail: 'budget@example.jp', postalcode: '１５００００１', budget: '300万円', products: '製品A' }),
    headers: { 'content-type': 'text/plain' },
  })
  expect(sent.statusCode).toBe(200)
  const row = await db.house.db
    .selectFrom('person')
    .select(['bucket', 'id'])
    .where('mail', '=', 'budget@example.jp')
    .executeTakeFirstOrThrow()
  const lead = await db.tx(async (ctx) => (await loadPeople(ctx, [row])).get(row.id))
  expect([lead?.postal_code, lead?.budget, lead?.products]).toEqual(['150-0001', 3_000_000, ['製品A']])
})
