// Pictures do not fit into a JSON call: the upload of a photo, and the pictures for the screens.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
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
import { openBatch } from './batches.ts'
import { LARGEST_PHOTO, MOST_PHOTOS } from './contract.ts'
import { cardPath, photoPath, removePhoto, storePhoto } from './files.ts'
import { addPhoto, pictureOf } from './service.ts'

interface Upload {
  Params: { id: string }
  Querystring: { position?: string; side?: string }
}
interface Picture {
  Params: { id: string }
  Querystring: { side?: string; of?: string }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** What is a little over the limit is answered by us, with what to do; what is far over it is cut off. */
const CUT_OFF = LARGEST_PHOTO * 4

/** POST /api/card-batches/:id/photos?position=…&side=front|back (body: the photo) · GET /api/cards/:id/picture?side=…&of=card|photo */
export function mountCards(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { bodyLimit: CUT_OFF }, (_request, payload, done) => done(null, payload))
  app.setErrorHandler((error, _request, reply) => answerError(house, 'a request about a card', error, reply))
  app.post<Upload>('/api/card-batches/:id/photos', { bodyLimit: CUT_OFF }, (request, reply) => upload(house, request, reply))
  app.get<Picture>('/api/cards/:id/picture', (request, reply) => picture(house, request, reply))
}

async function admitted(house: House, request: FastifyRequest, permissions: readonly string[]): Promise<Actor> {
  const actor = await actorOf({ method: request.method, headers: request.headers }, house)
  if (permissions.some((permission) => mayActor(actor, permission))) return actor
  return refuse(actor.kind === 'public' ? 'unauthenticated' : 'forbidden', 'permission.missing', {
    message: 'この操作の権限がありません / You may not do this.',
  })
}

const idOf = (text: string): string =>
  UUID.test(text) ? text : refuse('missing', 'card.unknown', { message: '名刺が見つかりません / There is no such card.' })

async function upload(house: House, request: FastifyRequest<Upload>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request, ['cards.write'])
  const batch = idOf(request.params.id)
  const position = Number(request.query.position ?? 'none')
  if (!Number.isInteger(position) || position < 0 || position >= MOST_PHOTOS)
    refuse('invalid', 'card.position', { message: `position must be 0 to ${MOST_PHOTOS - 1}`, field: 'position' })
  const side = request.query.side === 'back' ? 'back' : 'front'
  const photo = await withRead(house, actor, async (ctx) => {
    await openBatch(ctx, batch)
    return idAt(ctx.now)
  })
  if (!(request.body instanceof Readable)) refuse('invalid', 'card.noBody', { message: 'Send the photo as the body.', field: 'file' })
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_PHOTO) reply.header('connection', 'close')
  try {
    await storePhoto(house, photo, request.body as AsyncIterable<Buffer>)
    const made = await withTx(house, actor, async (ctx) => {
      const added = await addPhoto(ctx, { batch, photo, position, side })
      await record(ctx, { action: 'cards.upload', subjectKind: 'cards', subjectId: added.id, detail: { batch, position, side } })
      return added
    })
    if (made.replaced) await removePhoto(house, made.replaced)
    return reply.code(201).send({ id: made.id })
  } catch (error) {
    await removePhoto(house, photo)
    throw error
  }
}

/** A picture is only ever shown as one: sandboxed, never sniffed, never kept by caches in between. */
async function picture(house: House, request: FastifyRequest<Picture>, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await admitted(house, request, ['cards.read', 'leads.read'])
  const id = idOf(request.params.id)
  const side = request.query.side === 'back' ? 'back' : 'front'
  const card = await withRead(house, actor, (ctx) => pictureOf(ctx, id))
  if (card.status !== 'confirmed') await admitted(house, request, ['cards.read'])
  const photo = card[side]
  const path = request.query.of === 'photo' ? photo && photoPath(house, photo) : cardPath(house, id, side)
  const found = path ? await stat(path).catch(() => null) : null
  if (!path || !found) refuse('missing', 'card.noPicture', { message: 'この画像は保存されていません / This picture is not kept.' })
  return reply
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('cross-origin-resource-policy', 'same-origin')
    .header('content-disposition', `inline; filename="card-${id}-${side}.jpg"`)
    .header('cache-control', 'private, max-age=300')
    .header('content-length', found.size)
    .type('image/jpeg')
    .send(createReadStream(path))
}
