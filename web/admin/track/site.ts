import type { client } from '../api.ts'

/** A site as the API answers it. */
export type Site = Awaited<ReturnType<typeof client.track.sites>>['items'][number]
