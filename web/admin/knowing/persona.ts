import type { client } from '../api.ts'

/** A persona as the server shows it. */
export type Persona = Awaited<ReturnType<typeof client.personas.list>>['items'][number]
