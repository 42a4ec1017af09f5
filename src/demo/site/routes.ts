import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { readDemo } from '../state.ts'
import { renderPage } from './layout.ts'
import { sitePages } from './pages.ts'

/** Serves the demo company's web site under `/demo/`. */
export function demoSite(app: FastifyInstance, house: House): void {
  app.get('/demo', (_request, reply) => reply.redirect('/demo/'))
  app.get<{ Params: { '*': string } }>('/demo/*', async (request, reply) => {
    const demo = await readDemo(house)
    const pages = sitePages(demo?.form ?? '')
    const page = pages.find((each) => each.path === `/demo/${request.params['*']}`)
    if (!demo || !page) return reply.code(404).type('text/plain; charset=utf-8').send('There is no such page.')
    return reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'",
      )
      .send(renderPage(page, pages, demo.writeKey))
  })
}
