import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { serve } from '#kernel/serve.ts'
import { formsContract } from './contract.ts'
import { mountForms } from './http.ts'
import { closeForm, createForm, getForm, listForms, listSubmissions, previewForm, publishForm, removeForm, saveForm } from './service.ts'

/** The hosted page, the embed's data, submissions and the form script: http.ts. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  mountForms(app, house)
}

export const formsRoutes = serve(formsContract, {
  list: (ctx, input) => listForms(ctx, input),
  get: (ctx, input) => getForm(ctx, input),
  create: (ctx, input) => createForm(ctx, input),
  save: (ctx, input) => saveForm(ctx, input),
  publish: (ctx, input) => publishForm(ctx, input),
  close: (ctx, input) => closeForm(ctx, input),
  remove: (ctx, input) => removeForm(ctx, input),
  preview: async (ctx, input) => previewForm(ctx, input),
  submissions: (ctx, input) => listSubmissions(ctx, input),
})
