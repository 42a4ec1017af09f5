import type { Actor, Ctx, House } from './ctx.ts'
import { withRead, withTx } from './db/tx.ts'
import type { Contract, InputOf, OutputOf } from './endpoint.ts'

/** What an `outside` handler is given: it opens its own short transactions around its network call. */
export interface Door {
  readonly house: House
  readonly actor: Actor
  /** The request's own headers and address, for handlers that log or limit by them. */
  readonly request: { readonly ip: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> }
  tx<T>(run: (ctx: Ctx) => Promise<T>): Promise<T>
  read<T>(run: (ctx: Ctx) => Promise<T>): Promise<T>
}

export type TxHandler<E> = (ctx: Ctx, input: InputOf<E>) => Promise<OutputOf<E>>
export interface OutsideHandler<E> {
  readonly outside: (door: Door, input: InputOf<E>) => Promise<OutputOf<E>>
}
export type Handler<E> = TxHandler<E> | OutsideHandler<E>

/** A room's endpoints joined with what serves them; the server mounts it. */
export interface Served {
  readonly contract: Contract
  readonly handlers: Readonly<Record<string, unknown>>
}

/** Joins a contract with one handler per endpoint. GET handlers run in a read-only snapshot, all others in one transaction. */
export function serve<C extends Contract>(contract: C, handlers: { readonly [K in keyof C]: Handler<C[K]> }): Served {
  return { contract, handlers }
}

/** Marks a handler that must call the network (SMTP test, webhook try-out): no transaction is open while it runs. */
export function outside<I, O>(run: (door: Door, input: I) => Promise<O>): { readonly outside: (door: Door, input: I) => Promise<O> } {
  return { outside: run }
}

/** The door of one request. */
export function doorOf(house: House, actor: Actor, request: Door['request']): Door {
  return { house, actor, request, tx: (run) => withTx(house, actor, run), read: (run) => withRead(house, actor, run) }
}
