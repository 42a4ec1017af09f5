// Addresses of webhooks in a scenario: who may see them.
import { mayActor } from '#access/roles.ts'
import type { Ctx } from '#kernel/ctx.ts'

/** An address of a webhook often holds a secret in its path: files carry this in its place, and an import keeps the address that is there. */
export const NO_ADDRESS = 'https://example.invalid/'

type Node = { [key: string]: unknown }
/** The same graph with the address of each webhook given by `address`, at any depth. */
export function withAddresses(value: unknown, address: (step: Node) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withAddresses(one, address))
  if (value === null || typeof value !== 'object') return value
  const node = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withAddresses(one, address)]))
  return node.kind === 'webhook' && 'url' in node ? { ...node, url: address(node) } : node
}

/** Something that holds a scenario's steps, as whoever asks may see it: the addresses are for those who may change it. */
export const shownTo = <T>({ actor }: Ctx, value: T): T =>
  mayActor(actor, 'scenarios.write') ? value : (withAddresses(value, () => NO_ADDRESS) as T)
