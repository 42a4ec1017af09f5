import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeEgress, type Resolve } from './client.ts'

let canary: Server
let port = 0
let hits: IncomingMessage[] = []
beforeAll(async () => {
  canary = createServer((request, response) => {
    hits.push(request)
    if (request.url === '/redirect') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    else if (request.url === '/large') response.end(Buffer.alloc(2_000_000))
    else response.end('here')
  })
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  port = (canary.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => canary.close(resolve)))

test('X3 a name that leads inside is refused when it is resolved, and nothing is sent', async () => {
  hits = []
  const answers = ['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1']
  for (const address of answers) {
    const egress = makeEgress({ allow: [], resolve: (_host, done) => done(null, [{ address, family: address.includes(':') ? 6 : 4 }]) })
    await expect(egress.send({ method: 'GET', url: 'http://innocent.example/' }), address).rejects.toMatchObject({ name: 'EgressRefused' })
    await egress.close()
  }
  expect(hits).toEqual([])
})

test('X3 one address inside among public ones is enough to refuse the name', async () => {
  const egress = makeEgress({
    allow: [],
    resolve: (_host, done) =>
      done(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]),
  })
  await expect(egress.send({ method: 'GET', url: 'http://mixed.example/' })).rejects.toMatchObject({ name: 'EgressRefused' })
  await egress.close()
})

test('X3 DNS rebinding: what was public at one look and private at the next never reaches the canary', async () => {
  hits = []
  let looks = 0
  const liar: Resolve = (_host, done) => done(null, [{ address: looks++ % 2 ? '127.0.0.1' : '192.0.2.1', family: 4 }])
  for (let i = 0; i < 4; i++) {
    const egress = makeEgress({ allow: [], resolve: liar })
    await expect(egress.send({ method: 'GET', url: 'http://rebind.example/' })).rejects.toThrow()
    await egress.close()
  }
  expect(hits).toEqual([])
})

test('what an operator has opened is reached; redirects are answers, and large ones are refused', async () => {
  hits = []
  const egress = makeEgress({ allow: ['127.0.0.1'] })
  const base = `http://127.0.0.1:${port}`
  expect((await egress.send({ method: 'POST', url: `${base}/`, body: '{}' })).body.toString()).toBe('here')
  expect((await egress.send({ method: 'GET', url: `${base}/redirect` })).status).toBe(302)
  await expect(egress.send({ method: 'GET', url: `${base}/large` })).rejects.toMatchObject({ name: 'EgressRefused' })
  expect(hits).toHaveLength(3)
  await egress.close()
})
