// Streams that do not fit into a JSON call: a small list at once, and prepared files.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { companyProfile } from '#access/company/service.ts'
import { mayActor } from '#access/roles.ts'
import { answerError } from '#kernel/answer.ts'
import { dayIn } from '#kernel/calendar.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { noteTaken, readAsk, sourceOf, unknown } from './ask.ts'
import { type ExportAsk, exportAsk } from './contract.ts'
import { fileName } from './decide.ts'
import { writeFile } from './file.ts'
import { exportPath } from './jobs.ts'
import { countDownload, estimateRows, findExport } from './queries.ts'

interface Direct {
  Querystring: { ask?: string }
}
interface Prepared {
  Params: { id: string }
}

/** A list larger than this is prepared as a file, so that no browser waits for minutes on an open line. */
const MOST_DIRECT = 50_000

/** GET /api/exports/direct?ask={source, filter, columns, format, language} · GET /api/exports/:id/file */
export function mountExports(app: FastifyInstance, house: House): void {
  app.setErrorHandler((error, _request, reply) => answerError(house, 'an export request', error, reply))
  app.get<Direct>('/api/exports/direct', (request, reply) => direct(house, request, reply))
  app.get<Prepared>('/api/exports/:id/file', (request, reply) => prepared(house, request, reply))
}

async function admitted(house: House, request: FastifyRequest): Promise<Actor> {
  const actor = await actorOf({ method: request.method, headers: request.headers }, house)
  if (mayActor(actor, 'leads.export')) return actor
  return refuse(actor.kind === 'public' ? 'unauthenticated' : 'forbidden', 'permission.missing', {
    message: 'データの書き出しは、管理者とマーケターができます / Exporting is for owners and marketers.',
  })
}

function askOf(text: string | undefined): ExportAsk {
  try {
    const parsed = exportAsk.safeParse(JSON.parse(text ?? ''))
    if (parsed.success) return parsed.data
  } catch {
    // answered below
  }
  refuse('invalid', 'export.ask', { message: 'Send ask={"source":"leads", …} as JSON.', field: 'ask' })
}

async function direct(house: House, request: FastifyRequest<Direct>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request)
  const ask = askOf(request.query.ask)
  if (ask.format === 'csv_cp932')
    refuse('unprocessable', 'export.prepare', {
      message: 'Shift_JIS（CP932）はファイルを準備して書き出します / CP932 is prepared as a file, since its losses are listed.',
    })
  const { asked, day } = await withRead(house, actor, async (ctx) => {
    const looked = await readAsk(ctx, ask)
    if ((await estimateRows(ctx.db, await looked.source.rows(ctx, ask.filter))) > MOST_DIRECT)
      refuse('unprocessable', 'export.large', {
        message: '件数が多いため、ファイルを準備して書き出してください / This is large: have a file prepared.',
      })
    return { asked: looked, day: dayIn((await companyProfile(ctx)).timeZone, ctx.now) }
  })
  const body = new PassThrough()
  const writing = withRead(house, actor, (ctx) => writeFile(ctx, asked, body))
  writing
    .then((written) =>
      withTx(house, actor, (ctx) =>
        noteTaken(ctx, {
          action: 'exports.direct',
          source: ask.source,
          format: ask.format,
          rows: written.rows,
          columns: asked.columns.map((one) => one.key),
        }),
      ),
    )
    .catch((error) => {
      house.log.warn({ err: error }, 'an export was cut off')
      body.destroy(error as Error)
    })
  return attach(reply, fileName(asked.source[ask.language], day, ask.format), ask.format).send(body)
}

async function prepared(house: House, request: FastifyRequest<Prepared>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request)
  const id = request.params.id
  if (!/^[0-9a-f-]{36}$/.test(id)) unknown()
  const { row, day } = await withRead(house, actor, async (ctx) => {
    const found = (await findExport(ctx.db, id)) ?? unknown()
    sourceOf(ctx, found.source)
    return { row: found, day: dayIn((await companyProfile(ctx)).timeZone, found.at) }
  })
  const isThere = row.state === 'done' && (await stat(exportPath(house, id)).catch(() => null))
  if (!isThere)
    refuse('gone', 'export.gone', {
      message: 'ファイルの保存期間が過ぎました。もう一度書き出してください / The file is gone: export it again.',
    })
  await withTx(house, actor, async (ctx) => {
    await countDownload(ctx.db, id)
    await noteTaken(ctx, {
      action: 'exports.download',
      id,
      source: row.source,
      format: row.format,
      rows: row.rows,
      columns: row.columns as string[],
    })
  })
  reply.header('content-length', isThere.size)
  return attach(reply, fileName(row.title, day, row.format), row.format).send(createReadStream(exportPath(house, id)))
}

const TYPES: Readonly<Record<string, string>> = {
  csv_cp932: 'text/csv; charset=Shift_JIS',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

const attach = (reply: FastifyReply, name: string, format: string): FastifyReply =>
  reply
    .header(
      'content-disposition',
      `attachment; filename="export.${format === 'xlsx' ? 'xlsx' : 'csv'}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    )
    .header('cache-control', 'no-store')
    .header('content-security-policy', 'sandbox')
    .type(TYPES[format] ?? 'text/csv; charset=utf-8')
