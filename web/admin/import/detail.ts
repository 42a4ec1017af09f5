import type { client } from '../api.ts'

/** An import as the API answers it. */
export type Detail = Awaited<ReturnType<typeof client.imports.get>>
