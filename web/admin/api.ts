/**
 * The typed client of the public API.
 *
 *   const q = useQuery(api.deals.get.queryOptions({ input: { id } }))
 *   const list = useInfiniteQuery(paged(api.deals.list, { stage: 'open' }))        // for <DataGrid query={list}>
 *   const save = useMutation(api.deals.update.mutationOptions({ onSuccess: () => again(api.deals.key()) }))
 *   await client.deals.update({ id, amount })                                       // without react-query
 *
 * Errors are `Problem`s: `problemOf(error)`; show them with <ErrorNote error={…}/> or `useProblemForm`.
 */

import { contract as routes } from 'virtual:contract'
import { createORPCClient } from '@orpc/client'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { QueryClient, type QueryKey } from '@tanstack/react-query'
import type { contract } from '#server/contract.ts'
import { freshHex } from './parts/fresh.ts'
import { type Problem, ProblemError, problemFrom } from './problem.ts'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => count < 2 && !(error instanceof ProblemError && error.problem.status < 500 && error.problem.status !== 0),
    },
  },
})

/** Asks again for everything under these keys: `again(api.deals.key())`. */
export const again = (...keys: QueryKey[]) => Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })))

/** Called when the server says that nobody is signed in; main.tsx sets it. */
export const signedOut: { handler: () => void } = { handler: () => {} }

const writes = (method: string) => method !== 'GET' && method !== 'HEAD'

/**
 * fetch with our manners: a key on every mutation, one repeat with the same key when the network broke (so nothing is
 * done twice), problem+json as `ProblemError`, and 401 told to the shell.
 */
export async function ask(input: Request): Promise<Response> {
  const headers = new Headers(input.headers)
  if (writes(input.method) && !headers.has('idempotency-key')) headers.set('idempotency-key', freshHex(16))
  const request = new Request(input, { headers, credentials: 'same-origin' })
  const again = request.clone()
  const response = await fetch(request)
    .catch((error: unknown) => (input.signal.aborted ? Promise.reject(error) : fetch(again)))
    .catch((error: unknown) => {
      if (input.signal.aborted) throw error
      throw new ProblemError({ type: 'about:blank', title: 'offline', status: 0, code: 'offline', detail: '' })
    })
  if (response.ok) return response
  const problem: Problem = await problemFrom(response)
  if (problem.status === 401) signedOut.handler()
  throw new ProblemError(problem)
}

const link = new OpenAPILink(routes as AnyContractRouter, { url: `${location.origin}/api`, fetch: (request) => ask(request) })

export const client: JsonifiedClient<ContractRouterClient<typeof contract>> = createORPCClient(link)

/** Query, infinite and mutation options per endpoint: `api.<room>.<endpoint>.queryOptions({ input })`. */
export const api = createTanstackQueryUtils(client)

interface PagedEndpoint<I, O> {
  infiniteOptions: (options: never) => unknown
  call: (input: I) => Promise<O>
  key: (options?: never) => QueryKey
}
export interface PageOf<Row> {
  items: Row[]
  next: string | null
}

/** Infinite-query options of a keyset list: `useInfiniteQuery(paged(api.leads.list, { stage }))`. */
export function paged<I extends { cursor?: string | undefined }, Row>(endpoint: PagedEndpoint<I, PageOf<Row>>, input: Omit<I, 'cursor'>) {
  return {
    queryKey: [...endpoint.key(), 'paged', input] as QueryKey,
    queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
      endpoint.call({ ...input, ...(pageParam ? { cursor: pageParam } : {}) } as I),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: PageOf<Row>) => last.next ?? undefined,
  }
}
