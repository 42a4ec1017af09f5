import type { client } from '../api.ts'

/** Backups made and the daily backup, as the API tells them. */
export type Overview = Awaited<ReturnType<typeof client.backups.overview>>
