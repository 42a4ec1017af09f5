import { z } from 'zod'
import { type JsonObject, jsonOf } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { LISTS, viewState, viewsContract } from './contract.ts'
import { keepShared, listShared } from './service.ts'

const state = z.object({
  ...viewState.shape,
  // A rule stands in an address as text; here it is spelled out, so that it names other files.
  search: z.record(z.string().max(60), z.union([z.string(), z.record(z.string(), z.json())])).default({}),
})
const file = z.object({ list: z.enum(LISTS), name: takes(viewsContract.create).shape.name, state })

function spelledOut(search: Readonly<Record<string, string>>): JsonObject {
  const { rule } = search
  const told = rule === undefined ? null : jsonOf(rule)
  return told !== null && typeof told === 'object' && !Array.isArray(told) ? { ...search, rule: told as JsonObject } : { ...search }
}

/** Views of lists that everybody sees, in the set-up. */
export const viewsSetup: SetupPart = {
  folder: 'views',
  read: async (ctx) =>
    (await listShared(ctx)).map((view) => ({
      id: view.id,
      name: view.name,
      value: { list: view.list, name: view.name, state: { ...view.state, search: spelledOut(view.state.search) } } as unknown as JsonObject,
    })),
  write: async (ctx, { id, value }) => {
    const { list, name, state: given } = file.parse(value)
    const search = Object.fromEntries(
      Object.entries(given.search).map(([key, one]) => [key, typeof one === 'string' ? one : JSON.stringify(one)]),
    )
    return keepShared(ctx, { id, list, name, state: viewState.parse({ ...given, search }) })
  },
}
