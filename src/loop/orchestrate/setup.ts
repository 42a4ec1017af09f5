import type { JsonObject } from '#kernel/json.ts'
import { everyPage, type SetupPart } from '#kernel/setup.ts'
import { NO_ADDRESS, withAddresses } from './addresses.ts'
import { type Graph, graph } from './graph/contract.ts'
import { create, get, list, save } from './service.ts'

function addressesOf(draft: Graph): Map<unknown, unknown> {
  const found = new Map<unknown, unknown>()
  withAddresses(draft, (step) => found.set(step.id, step.url) && step.url)
  return found
}

/** Scenarios in the set-up: their drafts. An imported one is published by hand. */
export const scenariosSetup: SetupPart = {
  folder: 'scenarios',
  mayLack: ['colleagues'],
  read: async (ctx) => {
    const objects = []
    for (const { id, name } of await everyPage((ask) => list(ctx, ask))) {
      const { draft } = await get(ctx, { id })
      objects.push({ id, name, value: { name, graph: withAddresses(draft, () => NO_ADDRESS) } as unknown as JsonObject })
    }
    return objects
  },
  write: async (ctx, { id, name, value }) => {
    const before = id === null ? await create(ctx, { name, starter: 'blank', language: 'ja' }, {}) : await get(ctx, { id })
    const known = addressesOf(before.draft)
    const given = withAddresses(value.graph, (step) => (step.url === NO_ADDRESS ? (known.get(step.id) ?? NO_ADDRESS) : step.url))
    await save(ctx, { id: before.id, name, graph: graph.parse(given), revision: before.revision })
    return before.id
  },
}
