import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'

/** Colleagues by id, for showing and choosing an owner. */
export function useColleagues() {
  const people = useQuery({ ...api.users.colleagues.queryOptions({ input: {} }), staleTime: 300_000 })
  const items = people.data?.items ?? []
  return { nameOf: (id: string | null) => items.find((one) => one.id === id)?.name ?? null, active: items.filter((one) => one.active) }
}
