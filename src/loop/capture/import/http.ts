// Streams that do not fit into a JSON call: the upload of a file and the download of its rejected rows.
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { record } from '#access/audit/service.ts'
import { mayActor } from '#access/roles.ts'
import { answerError } from '#kernel/answer.ts'
import { idAt } from '#kernel/chance.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { csvLine } from '#loop/identify/export/decide.ts'
import { removeFile, sniff, storeUpload } from './file.ts'
import { FileFault, LARGEST_FILE } from './limits.ts'
import * as queries from './queries.ts'
import { areRowsGone, found } from './reads.ts'
import { registerImport } from './service.ts'

interface Upload {
  Querystring: { name?: string }
}
interface Rejected {
  Params: { id: string }
  Querystring: { outcome?: string }
}

/** POST /api/imports/upload?name=… (body: the file) · GET /api/imports/:id/rejected.csv?outcome=skipped */
export function mountImports(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { bodyLimit: LARGEST_FILE + 1 }, (_request, payload, done) => done(null, payload))
  app.setErrorHandler((error, _request, reply) => answerError(house, 'an import request', error, reply))
  app.post<Upload>('/api/imports/upload', { bodyLimit: LARGEST_FILE + 1 }, (request, reply) => upload(house, request, reply))
  app.get<Rejected>('/api/imports/:id/rejected.csv', (request, reply) => rejected(house, request, reply))
}

async function admitted(house: House, request: FastifyRequest, permission: string): Promise<Actor> {
  const actor = await actorOf({ method: request.method, headers: request.headers }, house)
  if (mayActor(actor, permission)) return actor
  return refuse(actor.kind === 'public' ? 'unauthenticated' : 'forbidden', 'permission.missing', {
    message: 'この操作の権限がありません / You may not do this.',
  })
}

async function upload(house: House, request: FastifyRequest<Upload>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request, 'imports.write')
  if (!(request.body instanceof Readable)) refuse('invalid', 'import.noBody', { message: 'Send the file as the body.', field: 'file' })
  const id = await withRead(house, actor, async (ctx) => idAt(ctx.now))
  const name = (request.query.name ?? 'file.csv').toWellFormed().replaceAll('\u0000', '').slice(0, 200)
  try {
    const bytes = await storeUpload(house, id, request.body as AsyncIterable<Buffer>)
    if (bytes === null)
      refuse('tooLarge', 'import.large', {
        message: 'ファイルが大きすぎます（200 MBまで） / The file is too large (200 MB at most).',
        field: 'file',
      })
    if (bytes === 0) refuse('unprocessable', 'import.empty', { message: 'ファイルが空です / The file is empty.', field: 'file' })
    const found = await sniff(house, id)
    const made = await withTx(house, actor, async (ctx) => {
      await record(ctx, { action: 'imports.upload', subjectKind: 'imports', subjectId: id, detail: { name, bytes } })
      return registerImport(ctx, { id, name, bytes, ...found })
    })
    return reply.code(201).send(made)
  } catch (error) {
    await removeFile(house, id)
    if (error instanceof FileFault) refuse('unprocessable', 'import.unreadable', { message: error.message, field: 'file' })
    throw error
  }
}

/** The rejected (or skipped) rows as they came, with line and reason before them; every cell is safe to open in a spreadsheet. */
async function rejected(house: House, request: FastifyRequest<Rejected>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request, 'imports.read')
  const id = request.params.id
  if (!/^[0-9a-f-]{36}$/.test(id)) refuse('missing', 'import.unknown', { message: 'インポートが見つかりません / There is no such import.' })
  const run = await withRead(house, actor, async (ctx) => {
    const row = await found(ctx, id)
    if (areRowsGone(row, ctx.now))
      refuse('gone', 'import.rowsGone', {
        message:
          '30日が過ぎたため、取り込まなかった行の内容は削除されています / What stood in the rows that were not taken was deleted after 30 days.',
      })
    return row
  })
  const outcome = request.query.outcome === 'skipped' ? 'skipped' : 'rejected'
  // The rows name people: whoever takes them away stands in the log, as for any export.
  await withTx(house, actor, (ctx) =>
    record(ctx, { action: 'imports.download', subjectKind: 'imports', subjectId: id, detail: { outcome } }),
  )
  const lines = async function* (): AsyncGenerator<string> {
    yield `\ufeff${csvLine(['行 / line', '理由 / reason', ...(run.columns as string[])], String)}`
    for (let after = 0; ; ) {
      const rows = await withRead(house, actor, (ctx) => queries.listRows(ctx.db, id, after, 1_000, outcome))
      for (const row of rows) yield csvLine([String(row.line), row.reason, ...((row.cells ?? []) as string[])], String)
      const last = rows.at(-1)
      if (!last) return
      after = last.line
    }
  }
  return reply
    .header('content-disposition', `attachment; filename="${outcome}-${id}.csv"`)
    .header('cache-control', 'no-store')
    .type('text/csv; charset=utf-8')
    .send(Readable.from(lines()))
}
