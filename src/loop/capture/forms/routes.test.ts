import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listLeads } from '#loop/identify/leads/list.ts'
import { resolveDevices } from '#loop/identify/service.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { publicRoutes } from './routes.ts'
import { createForm, getForm, listSubmissions, publishForm, saveForm } from './service.ts'
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

const published = async (change: (spec: Awaited<ReturnType<typeof getForm>>['spec']) => object = () => ({})): Promise<string> =>
  db.tx(async (ctx) => {
    const { id } = await createForm(ctx, { name: 'お問い合わせ', template: 'inquiry' })
    const { spec } = await getForm(ctx, { id })
    await saveForm(ctx, { id, name: 'お問い合わせ', spec: { ...spec, ...change(spec) } })
    await publishForm(ctx, { id })
    return id
  })
const pass = async (id: string): Promise<string> => {
  const answer = (await app.inject({ url: `/f/${id}/embed` })).json()
  db.clock.advance(5_000)
  return answer.pass
}
let serial = 0
const good = () => ({
  company: '株式会社サンプル01',
  family: '見本',
  given: '花子',
  mail: `f${++serial}@example.jp`,
  message: 'こんにちは',
})
const post = async (id: string, values: object, address = `198.51.${++serial % 250}.7`) =>
  app.inject({
    method: 'POST',
    url: `/f/${id}`,
    remoteAddress: address,
    headers: { 'content-type': 'text/plain' },
    payload: JSON.stringify(values),
  })
const leads = (q: string) => db.read((ctx) => listLeads(ctx, { q, sort: 'created', limit: 50 }))

describe('submissions', () => {
  test('CAP-01 CAP-24 a submission makes a lead that is in the list at once, with a form.submitted event', async () => {
    const id = await published()
    const values = good()
    const answer = await post(id, { ...values, consent: 'yes', _pass: await pass(id) })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.json()).toMatchObject({ ok: true, after: { kind: 'message' } })
    const [lead] = (await leads(values.mail)).items
    expect(lead).toMatchObject({
      familyName: '見本',
      companyName: '株式会社サンプル01',
      sourceFirst: 'お問い合わせ',
      priority: 'high',
      mailBasis: 'consent',
      lastAction: { name: 'form.submitted' },
    })
    const news = await db.house.pool.query('SELECT name FROM news WHERE person_id = $1 ORDER BY seq', [lead?.id])
    expect(news.rows.map((row) => row.name)).toEqual(expect.arrayContaining(['lead.created', 'consent.given', 'form.submitted']))
    const ledger = await db.house.pool.query('SELECT text, text_version FROM consent_entry WHERE person_id = $1', [lead?.id])
    expect(ledger.rows).toEqual([{ text: expect.stringContaining('同意します'), text_version: `${id}:1` }])
  })

  test('CAP-03 a client cannot change what the server fixes', async () => {
    const id = await published()
    const values = good()
    await post(id, { ...values, source: 'hacked', priority: 'low', interest: ['x'], sourceFirst: 'x', _pass: await pass(id) })
    expect((await leads(values.mail)).items[0]).toMatchObject({ sourceFirst: 'お問い合わせ', priority: 'high' })
  })

  test('TRK-03 the visitor of the page becomes the lead', async () => {
    const id = await published()
    const device = '0123456789abcdef0123456789abcdef'
    const visitor = await db.tx(async (ctx) => (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device))
    const values = good()
    await post(id, { ...values, _visitor: device, _pass: await pass(id) })
    expect((await leads(values.mail)).items[0]?.id).toBe(visitor?.id)
  })

  test('CAP-01 repeating a submission has no second effect', async () => {
    const id = await published()
    const values = { ...good(), _pass: await pass(id) }
    const answers = await Promise.all([post(id, values), post(id, values), post(id, values)])
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200])
    expect((await db.read((ctx) => listSubmissions(ctx, { id, limit: 10 }))).items).toHaveLength(1)
  })

  test('CAP-12 wrong answers are 422 with a reason per question; the page shows what was typed again', async () => {
    const id = await published()
    const answer = await post(id, { ...good(), mail: 'a@b@c', company: '', _pass: await pass(id) })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors.map((one: { field: string }) => one.field)).toEqual(['company', 'mail'])
    const page = await app.inject({
      method: 'POST',
      url: `/f/${id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...good(), company: '', family: '見本"', _pass: await pass(id) }).toString(),
    })
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('会社名を入力してください')
    expect(page.body).toContain('見本&quot;')
  })

  test('CAP-01 the hosted page works without any script and says thank you', async () => {
    const id = await published()
    const shown = await app.inject({ url: `/f/${id}` })
    expect(shown.headers['content-security-policy']).toContain("default-src 'none'")
    const hidden = /name="_pass" value="([^"]+)"/.exec(shown.body)?.[1] ?? ''
    db.clock.advance(3_000)
    const sent = await app.inject({
      method: 'POST',
      url: `/f/${id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...good(), _pass: hidden }).toString(),
    })
    expect(sent.statusCode).toBe(200)
    expect(sent.body).toContain('送信ありがとうございました')
  })

  test('CAP-01 spam basics: forged, foreign, hasty passes are refused, the trap swallows, floods are stopped and counted', async () => {
    const [id, other] = [await published(), await published()]
    const token = await pass(id)
    const [body = ''] = token.split('.')
    expect((await post(id, { ...good(), _pass: `${body}.AAAA` })).json().code).toBe('form.pass')
    expect((await post(other, { ...good(), _pass: token })).json().code).toBe('form.pass')
    expect((await post(id, good())).json().code).toBe('form.pass')
    const hasty = (await app.inject({ url: `/f/${id}/embed` })).json().pass
    expect((await post(id, { ...good(), _pass: hasty })).json().code).toBe('form.fast')
    const trapped = good()
    expect((await post(id, { ...trapped, company_fax: 'x', _pass: token })).statusCode).toBe(200)
    expect((await leads(trapped.mail)).items).toEqual([])
    const flood = []
    for (let i = 0; i < 25; i++) flood.push((await post(id, good(), '203.0.113.9')).statusCode)
    expect(flood.filter((status) => status === 429)).toHaveLength(5)
    expect((await db.read((ctx) => getForm(ctx, { id }))).drops).toEqual([
      { reason: 'limit', n: 5 },
      { reason: 'trap', n: 1 },
    ])
  })

  test.each(['{', '[]', 'null', '"x"', '{"mail":{"a":1}}', '{"__proto__":{"x":1}}'])(
    'a crooked body %s is refused, never a fault of ours',
    async (payload) => {
      const id = await published()
      const answer = await app.inject({
        method: 'POST',
        url: `/f/${id}`,
        headers: { 'content-type': 'application/json' },
        payload,
        remoteAddress: `192.0.2.${++serial % 250}`,
      })
      expect([400, 422]).toContain(answer.statusCode)
    },
  )

  test('a form that was never published, is closed or is no id is not there', async () => {
    const draft = await db.tx((ctx) => createForm(ctx, { name: 'x', template: 'blank' }))
    expect((await app.inject({ url: `/f/${draft.id}` })).statusCode).toBe(404)
    expect((await app.inject({ url: '/f/%00' })).statusCode).toBe(404)
    await expect(db.tx((ctx) => publishForm(ctx, draft))).rejects.toMatchObject({
      code: 'form.unfit',
      errors: [{ field: 'source' }, { field: 'interest' }],
    })
  })

  test('CAP-02 what visitors see is the published version, not the draft', async () => {
    const id = await published()
    await db.tx(async (ctx) => {
      const { spec } = await getForm(ctx, { id })
      return saveForm(ctx, { id, name: 'x', spec: { ...spec, title: { ja: '下書き', en: '' }, fields: [...spec.fields].reverse() } })
    })
    expect((await app.inject({ url: `/f/${id}` })).body).not.toContain('下書き')
    await db.tx((ctx) => publishForm(ctx, { id }))
    const order = [...(await app.inject({ url: `/f/${id}` })).body.matchAll(/data-q="(\w+)"/g)].map((match) => match[1])
    expect(order.slice(0, 2)).toEqual(['message', 'phone'])
  })
})
