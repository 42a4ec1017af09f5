import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'

/** Colleagues who may own leads. */
export function useColleagues() {
  const people = useQuery({ ...api.users.colleagues.queryOptions({ input: {} }), staleTime: 300_000 })
  return { active: (people.data?.items ?? []).filter((one) => one.active) }
}
