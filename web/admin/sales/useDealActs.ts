import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'

type LostReason = Parameters<typeof client.deals.lose>[0]['reason']
interface Named {
  readonly id: string
  readonly name: string
  readonly stage: string
}

/** What can be done to a deal, each with a way to take it back. */
export function useDealActs() {
  const t = useWords('sales')
  const toast = useToasts()
  const reload = () => again(api.deals.key(), api.leads.key())
  const act = (run: () => Promise<unknown>, message: string, undo: () => Promise<unknown>) =>
    run()
      .then(() => toast.undo(message, () => undo().finally(reload)), toast.failed)
      .finally(reload)
  return {
    reload,
    move: ({ id, name, stage }: Named, to: string, label: string) =>
      act(
        () => client.deals.move({ id, stage: to }),
        t('moved', { name, stage: label }),
        () => client.deals.move({ id, stage }),
      ),
    win: ({ id, name }: Named) =>
      act(
        () => client.deals.win({ id }),
        t('won', { name }),
        () => client.deals.reopen({ id }),
      ),
    lose: (deal: Named, reason: LostReason, note: string) =>
      client.deals.lose({ id: deal.id, reason, ...(note ? { note } : {}) }).then(() => {
        toast.undo(t('lost', { name: deal.name }), () => client.deals.reopen({ id: deal.id }).finally(reload))
        void reload()
      }),
    reopen: ({ id, name }: Named) =>
      client.deals
        .reopen({ id })
        .then(() => toast.done(t('reopened', { name })), toast.failed)
        .finally(reload),
    remove: ({ id, name }: Named) =>
      act(
        () => client.deals.remove({ id }),
        t('removed', { name }),
        () => client.deals.restore({ id }),
      ),
  }
}
