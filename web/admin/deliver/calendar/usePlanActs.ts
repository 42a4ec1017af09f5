import { useNavigate } from '@tanstack/react-router'
import { again, api, client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import { type Issue, useDays } from './plan.ts'

type Named = Pick<Issue, 'id' | 'lineName' | 'theme' | 'day'>

/** What can be done to the plan, each with a way to take it back. */
export function usePlanActs() {
  const t = useWords('calendar')
  const toast = useToasts()
  const days = useDays()
  const navigate = useNavigate()
  const reload = () => again(api.lines.key())
  const act = (run: () => Promise<unknown>, message: string, undo: () => Promise<unknown>) =>
    run()
      .then(() => toast.undo(message, () => undo().finally(reload)), toast.failed)
      .finally(reload)
  return {
    reload,
    move: (issue: Named, day: string) =>
      act(
        () => client.lines.moveIssue({ id: issue.id, day }),
        t('moved', { name: nameOf(issue), day: days.day(day) }),
        () => client.lines.moveIssue({ id: issue.id, day: issue.day }),
      ),
    remove: ({ id }: Named) =>
      act(
        () => client.lines.removeIssue({ id }),
        t('removed'),
        () => client.lines.restoreIssue({ id }),
      ),
    skip: ({ id }: Named, skip: boolean) =>
      act(
        () => client.lines.skipIssue({ id, skip }),
        t(skip ? 'skipped' : 'unskipped'),
        () => client.lines.skipIssue({ id, skip: !skip }),
      ),
    plan: (id: string, count: number) =>
      client.lines
        .plan({ id, count })
        .then(({ items }) => {
          if (!items.length) return toast.done(t('plannedNone'))
          toast.undo(t('planned', { n: items.length }), () =>
            Promise.all(items.map((one) => client.lines.removeIssue({ id: one }))).finally(reload),
          )
        }, toast.failed)
        .finally(reload),
    endLine: ({ id, name }: { readonly id: string; readonly name: string }) =>
      act(
        () => client.lines.remove({ id }),
        t('lineEnded', { name }),
        () => client.lines.restore({ id }),
      ),
    /** To the newsletter of an issue; a draft that is new opens with its hour filled in. */
    open: ({ id, day, sendAt }: Pick<Issue, 'id' | 'day' | 'sendAt'>) =>
      client.lines.open({ id }).then(({ newsletterId, made }) => {
        if (made) toast.done(t('newsletterMade'))
        void again(api.lines.key(), api.newsletters.key(), api.templates.key())
        void navigate({ to: `/newsletters/${newsletterId}` as string, search: { at: `${day}T${sendAt}` } as never })
      }, toast.failed),
  }
}

export const nameOf = ({ lineName, theme }: Pick<Issue, 'lineName' | 'theme'>): string => [lineName, theme].filter(Boolean).join(' ')
