import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'

interface Answerable {
  readonly id: string
  readonly lead: { readonly id: string; readonly name: string }
}

/** Accepting and giving back, each with a way to take it back. */
export function useAnswers() {
  const t = useWords('sales')
  const toast = useToasts()
  const reload = () => again(api.handoffs.key(), api.signals.key(), api.leads.key())
  const nameOf = ({ lead }: Answerable) => lead.name || t('unnamed')
  const takeBack = ({ id, lead }: Answerable) => client.handoffs.reopen({ id, leadId: lead.id }).finally(reload)
  return {
    accept: (handoff: Answerable) =>
      client.handoffs
        .accept({ id: handoff.id, leadId: handoff.lead.id })
        .then(() => toast.undo(t('acceptDone', { name: nameOf(handoff) }), () => takeBack(handoff)), toast.failed)
        .finally(reload),
    givenBack: (handoff: Answerable) => {
      toast.undo(t('givenBack', { name: nameOf(handoff) }), () => takeBack(handoff))
      void reload()
    },
  }
}
