import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { EditLead } from './EditLead.tsx'

/** The form of one lead of a list, beside the list. */
export function EditOne({ id, onClose }: { id: string; onClose: () => void }) {
  const lead = useQuery({ ...api.leads.get.queryOptions({ input: { id } }), staleTime: 0 })
  return lead.data ? <EditLead lead={lead.data} onClose={onClose} /> : null
}
