// Declares endpoints with oRPC. Browser-safe: contracts are imported by the server, the admin UI and the CLI alike.
import { oc } from '@orpc/contract'
import { z } from 'zod'

/** What every endpoint says of itself besides its schemas. */
export interface EndpointMeta {
  /** A row of the permission table in access/roles.ts, or `public`. */
  readonly permission: string
  /** GET endpoints read; others write in one transaction; `outside` endpoints open their own around a network call. */
  readonly summary: string
}

const base = oc.$meta<EndpointMeta>({ permission: '', summary: '' })

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One endpoint of the API under `/api`.
 * @param declaration.path with `{id}` parameters, which are merged into the input beside the query (GET, DELETE) or the body
 * @param declaration.permission a row of the permission table; the server refuses to start without one
 */
export function endpoint<I extends z.ZodType, O extends z.ZodType>(declaration: {
  method: Method
  path: `/${string}`
  permission: string
  summary: string
  input: I
  output: O
}) {
  const { method, path, permission, summary, input, output } = declaration
  const tag = path.split('/')[1] ?? 'api'
  return base
    .meta({ permission, summary })
    .route({ method, path, summary, tags: [tag], inputStructure: 'compact' })
    .input(input)
    .output(output)
}

/** An endpoint as `endpoint` declares it. */
export type Endpoint = ReturnType<typeof endpoint>

/** The endpoints of one room by name. */
// biome-ignore lint/suspicious/noExplicitAny: schemas of any shape
export type Contract = Readonly<Record<string, { '~orpc': any }>>

/** What a handler is given and what it answers. */
export type InputOf<E> = E extends { '~orpc': { inputSchema?: infer S } }
  ? NonNullable<S> extends z.ZodType
    ? z.output<NonNullable<S>>
    : never
  : never
export type OutputOf<E> = E extends { '~orpc': { outputSchema?: infer S } }
  ? NonNullable<S> extends z.ZodType
    ? z.input<NonNullable<S>>
    : never
  : never

/** One keyset page: `next` is an opaque cursor for the following page, null on the last. */
export const page = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next: z.string().nullable() })

/** The query of a keyset page. */
export const pageQuery = { cursor: z.string().max(2_000).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }

/** An answer that says nothing but that it was done. */
export const done = z.object({ ok: z.literal(true) })

export const uuid = z.guid()

/** An instant in ISO 8601, as the API speaks of time. */
export const instant = z.iso.datetime({ offset: true })
