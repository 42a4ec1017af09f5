// Files do not fit into a JSON call: upload and download as streams, with the same sign-in and permissions as the API.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { record } from '#access/audit/service.ts'
import { mayActor } from '#access/roles.ts'
import { answerError } from '#kernel/answer.ts'
import { randomToken } from '#kernel/chance.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { asAttachment, kindOf, looksLike, tidyName } from './decide.ts'
import { pathOf, remove, store } from './disk.ts'
import { FILE_KINDS, type FileKind, LARGEST_FILE } from './kinds/contract.ts'
import { find, keep, mayAdd } from './service.ts'

interface Upload {
  Params: { leadId: string }
  Querystring: { name?: string }
}
interface Download {
  Params: { leadId: string; id: string }
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** POST /api/leads/:leadId/files/upload?name=… (body: the file) · GET /api/leads/:leadId/files/:id/content */
export function mountFiles(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { bodyLimit: LARGEST_FILE + 1 }, (_request, payload, done) => done(null, payload))
  app.setErrorHandler((error, _request, reply) => answerError(house, 'a request about a file', error, reply))
  app.post<Upload>('/api/leads/:leadId/files/upload', { bodyLimit: LARGEST_FILE + 1 }, (request, reply) => upload(house, request, reply))
  app.get<Download>('/api/leads/:leadId/files/:id/content', (request, reply) => download(house, request, reply))
}

async function admitted(house: House, request: FastifyRequest, permission: string): Promise<Actor> {
  const actor = await actorOf({ method: request.method, headers: request.headers }, house)
  if (mayActor(actor, permission)) return actor
  return refuse(actor.kind === 'public' ? 'unauthenticated' : 'forbidden', 'permission.missing', {
    message: 'この操作の権限がありません / You may not do this.',
  })
}

const uuidOf = (text: string): string =>
  UUID.test(text) ? text : refuse('invalid', 'id.malformed', { message: 'IDの形式が正しくありません / This is no id.', field: 'leadId' })

const notTaken = (): never =>
  refuse('unsupported', 'file.kind', {
    message: `この種類のファイルは添付できません / Only these kinds are taken: ${FILE_KINDS.join(', ')}`,
    field: 'file',
  })

async function upload(house: House, request: FastifyRequest<Upload>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request, 'leads.write')
  const leadId = uuidOf(request.params.leadId)
  const name = tidyName(request.query.name ?? '')
  const extension: FileKind = kindOf(name) ?? notTaken()
  if (!(request.body instanceof Readable)) refuse('invalid', 'file.noBody', { message: 'Send the file as the body.', field: 'file' })
  await withRead(house, actor, (ctx) => mayAdd(ctx, leadId))
  const stored = randomToken(24)
  try {
    const written = await store(house, stored, request.body as AsyncIterable<Buffer>)
    if (!written)
      refuse('tooLarge', 'file.large', {
        message: 'ファイルが大きすぎます（20 MBまで） / The file is too large (20 MB at most).',
        field: 'file',
      })
    if (written.size === 0) refuse('unprocessable', 'file.empty', { message: 'ファイルが空です / The file is empty.', field: 'file' })
    if (!looksLike(extension, written.head)) notTaken()
    const { size, sha256 } = written
    const made = await withTx(house, actor, async (ctx) => {
      const file = await keep(ctx, { leadId, name, extension, size, sha256, stored })
      await record(ctx, { action: 'files.upload', subjectKind: 'leads', subjectId: file.leadId, detail: { file: file.id, size } })
      return file
    })
    return reply.code(201).send(made)
  } catch (error) {
    await remove(house, stored)
    throw error
  }
}

/** Always saved, never shown: whatever a file holds, it cannot act as a page of ours. */
async function download(house: House, request: FastifyRequest<Download>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request, 'leads.read')
  const [leadId, id] = [uuidOf(request.params.leadId), uuidOf(request.params.id)]
  const row = await withRead(house, actor, (ctx) => find(ctx, { leadId, id }))
  return reply
    .header('content-disposition', asAttachment(row.name))
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .header('content-length', row.size)
    .type('application/octet-stream')
    .send(createReadStream(pathOf(house, row.stored)))
}
