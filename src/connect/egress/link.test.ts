// Links asked for real, over sockets: what a page that moved, is gone, is large or is inside the house becomes.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { links } from '#loop/deliver/template/preflight/service.ts'
import type { TestDatabase } from '../../../test/database.ts'
import { testHouse } from '../../../test/house.ts'
import { probeLink } from './link.ts'

let db: TestDatabase
let pages: Server
let asked: string[] = []
let base = ''
let inside: Server
let insideHits = 0
let insideUrl = ''

const open = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  inside = createServer((_request, response) => {
    insideHits++
    response.end('secret')
  })
  insideUrl = `http://127.0.0.1:${await open(inside)}/`
  pages = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const to = (status: number, location: string) => response.writeHead(status, { location }).end()
    if (request.url === '/moved') return to(301, '/here')
    if (request.url === '/today') return to(302, '/here')
    if (request.url === '/round') return to(302, '/round')
    if (request.url === '/inside') return to(302, insideUrl)
    if (request.url === '/gone') return response.writeHead(410).end()
    if (request.url === '/members') return response.writeHead(403).end()
    if (request.url === '/getOnly' && request.method === 'HEAD') return response.writeHead(405).end()
    if (request.url === '/large' && request.method === 'HEAD') return response.writeHead(405).end()
    if (request.url === '/large') return response.end(Buffer.alloc(2_000_000))
    if (request.url === '/cut') return request.socket.destroy()
    if (request.url?.startsWith('/slow')) return void setTimeout(() => to(302, `${request.url}0`), 150)
    if (request.url === '/broken') return response.writeHead(500).end()
    return response.end('here')
  })
  base = `http://127.0.0.1:${await open(pages)}`
  db = await testHouse({ egressAllow: [base.slice('http://'.length)] })
})
afterAll(async () => {
  await db.close()
  pages.closeAllConnections()
  inside.closeAllConnections()
  await Promise.all([pages, inside].map((server) => new Promise((resolve) => server.close(resolve))))
})

const button = (href: string, i: number) => ({
  kind: 'button' as const,
  id: `b${i}`,
  label: '見る',
  href,
  align: 'center' as const,
  color: '#4f63d8',
})
const check = (urls: readonly string[]) =>
  links({ house: db.house, read: db.read, tx: db.tx, actor: { kind: 'system', name: 'test' } } as never, {
    draft: { subject: 's', preheader: '', blocks: urls.map(button) },
  })

test('NUR-36 X3 each link of a mail is really fetched, HEAD first; what it says is told, and nothing inside the house is reached on the way', async () => {
  asked = []
  const { items, broken } = await check(
    ['/here', '/moved', '/today', '/gone', '/members', '/getOnly', '/large', '/cut', '/broken', '/round', '/inside'].map(
      (path) => base + path,
    ),
  )
  expect(Object.fromEntries(items.map((one) => [one.url.slice(base.length), one.fate]))).toEqual({
    '/here': 'ok',
    '/moved': 'moved',
    '/today': 'ok',
    '/gone': 'gone',
    '/members': 'denied',
    '/getOnly': 'ok',
    '/large': 'ok',
    '/cut': 'away',
    '/broken': 'broken',
    '/round': 'away',
    '/inside': 'refused',
  })
  expect(broken).toBe(5)
  expect(items[1]).toMatchObject({ to: `${base}/here`, status: 200 })
  expect(asked).toContain('HEAD /here')
  expect(asked).not.toContain('GET /here')
  expect(insideHits).toBe(0)
})

test('NUR-36 the same address is asked once, at most 60 are asked, and what was not asked says so', async () => {
  asked = []
  const { items } = await check([
    ...Array.from({ length: 30 }, () => `${base}/here`),
    ...Array.from({ length: 65 }, (_, i) => `${base}/p${i}`),
  ])
  expect(items.length).toBe(66)
  expect(asked.filter((one) => one === 'HEAD /here').length).toBe(1)
  expect(asked.length).toBe(60)
  expect(items.filter((one) => one.fate === 'skipped').length).toBe(6)
})

test('NUR-36 X3 a link whose server lets every hop wait is given up as a whole, not hop by hop', async () => {
  asked = []
  expect(await probeLink(db.house, `${base}/slow`, 400)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/timeout|abort/i) })
  expect(asked.length).toBeLessThan(6)
  expect(await probeLink(db.house, `${base}/slow`, 30_000)).toEqual({ kind: 'failed', reason: 'more than 5 redirects' })
})
