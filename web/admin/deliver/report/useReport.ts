import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, paged } from '../../api.ts'
import type { Behind, CountAs, MailGoal, MailsOf } from './numbers.ts'

interface Asked {
  readonly as: CountAs
  readonly goal?: MailGoal
}

/** The report of a newsletter or of a step: the same numbers, from the same code. */
export function useReport({ id, step }: MailsOf, asked: Asked) {
  const newsletter = useQuery({
    ...api.mailReports.report.queryOptions({ input: { id, ...asked }, placeholderData: keepPreviousData }),
    enabled: step === undefined,
  })
  const ofStep = useQuery({
    ...api.mailReports.stepReport.queryOptions({ input: { id, step: step ?? '', ...asked }, placeholderData: keepPreviousData }),
    enabled: step !== undefined,
  })
  return step === undefined ? newsletter : ofStep
}

/** The people behind one of its numbers, page by page. */
export function usePeopleBehind({ id, step }: MailsOf, behind: Behind & { readonly goal?: MailGoal | undefined }) {
  const given = Object.fromEntries(Object.entries(behind).filter(([, value]) => value !== undefined)) as unknown as Behind
  const newsletter = useInfiniteQuery({ ...paged(api.mailReports.people, { id, limit: 100, ...given }), enabled: step === undefined })
  const { arm: _arm, link: _link, ...plain } = given
  const ofStep = useInfiniteQuery({
    ...paged(api.mailReports.stepPeople, { id, step: step ?? '', limit: 100, ...plain }),
    enabled: step !== undefined,
  })
  return step === undefined ? newsletter : ofStep
}
