// Pictures of mails: uploaded by whoever writes templates, seen by everybody who gets a mail. `POST /api/mail-images/upload?name=…` · `GET /m/<token>.<kind>`
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { record } from '#access/audit/service.ts'
import { mayActor } from '#access/roles.ts'
import { answerError } from '#kernel/answer.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { type Served, serve } from '#kernel/serve.ts'
import { LARGEST_IMAGE, mailImagesContract } from './contract.ts'
import { pictureOf } from './picture.ts'
import { findBytes } from './queries.ts'
import { keep, list, remove } from './service.ts'

export const mailImagesRoutes: Served = serve(mailImagesContract, { list, remove })

/** Mounts the upload and the public path of pictures. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_IMAGE }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, _request, reply) => answerError(house, 'a request about a picture', error, reply))
  app.post<{ Querystring: { name?: string } }>('/api/mail-images/upload', { bodyLimit: LARGEST_IMAGE }, (request, reply) =>
    upload(house, request, reply),
  )
  app.get<{ Params: { file: string } }>('/m/:file', (request, reply) => show(house, request, reply))
}

async function upload(
  house: House,
  request: FastifyRequest<{ Querystring: { name?: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const actor = await actorOf({ method: request.method, headers: request.headers }, house)
  if (!mayActor(actor, 'templates.write'))
    refuse(actor.kind === 'public' ? 'unauthenticated' : 'forbidden', 'permission.missing', {
      message: 'この操作の権限がありません / You may not do this.',
    })
  if (!Buffer.isBuffer(request.body) || request.body.length === 0)
    return refuse('unprocessable', 'image.empty', { message: 'ファイルが空です / The file is empty.', field: 'file' })
  const picture = await pictureOf(request.body)
  const name = (request.query.name ?? '').toWellFormed().replace(/\p{C}/gu, '').slice(0, 120) || 'image'
  const made = await withTx(house, actor, async (ctx) => {
    const image = await keep(ctx, name, picture)
    await record(ctx, { action: 'mailImages.upload', subjectKind: 'mailImages', subjectId: image.id, detail: { size: image.bytes } })
    return image
  })
  return reply.code(201).send(made)
}

async function show(house: House, request: FastifyRequest<{ Params: { file: string } }>, reply: FastifyReply): Promise<FastifyReply> {
  const [, token, small] = /^([A-Za-z0-9_-]{32})(-s)?\.(?:jpg|png|gif)$/.exec(request.params.file) ?? []
  const found = token ? await withRead(house, { kind: 'public' }, (ctx) => findBytes(ctx.db, token, small !== undefined)) : undefined
  if (!found) return reply.code(404).type('text/plain').send('')
  return reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('cross-origin-resource-policy', 'cross-origin')
    .type(`image/${found.kind}`)
    .send(found.bytes)
}
