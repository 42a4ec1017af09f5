import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { serve } from '#kernel/serve.ts'
import * as batches from './batches.ts'
import { confirm } from './confirm.ts'
import { cardsContract } from './contract.ts'
import { mountCards } from './http.ts'
import { saveSettings, settings } from './keeping.ts'
import * as service from './service.ts'
import { resumeBatch, splitBack, undoConfirm } from './undo.ts'

/** Photos and pictures: streams, with the same sign-in and permissions as the API. See http.ts. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  mountCards(app, house)
}

export const cardsRoutes = serve(cardsContract, {
  batches: (ctx, input) => batches.listBatches(ctx, input),
  begin: (ctx, input) => batches.beginBatch(ctx, input),
  change: (ctx, input) => batches.changeBatch(ctx, input),
  cancel: (ctx, input) => batches.cancelBatch(ctx, input),
  list: (ctx, input) => service.listCards(ctx, input),
  get: (ctx, input) => service.getCard(ctx, input),
  reread: (ctx, input) => service.reread(ctx, input),
  join: (ctx, input) => service.joinBack(ctx, input),
  confirm: (ctx, input) => confirm(ctx, input),
  undo: (ctx, input) => undoConfirm(ctx, input),
  split: (ctx, input) => splitBack(ctx, input),
  resume: (ctx, input) => resumeBatch(ctx, input),
  discard: (ctx, input) => service.discard(ctx, input),
  restore: (ctx, input) => service.restore(ctx, input),
  ofLead: (ctx, input) => service.cardsOfLead(ctx, input),
  settings: (ctx) => settings(ctx),
  saveSettings: (ctx, input) => saveSettings(ctx, input),
})
