import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import type { News } from '#kernel/journal.ts'
import type { Reaction } from '#kernel/pass.ts'
import { matchCompanies, settleLinks } from './matching/service.ts'

const CLUES = new Set(['companyName', 'mail', 'website'])

/** Whether an event may tell where somebody works. */
function tellsCompany(news: News): boolean {
  if (news.name !== 'field.changed') return true
  const fields = news.props['fields']
  return Array.isArray(fields) && fields.some((field) => typeof field === 'string' && (CLUES.has(field) || field.startsWith('attrs.')))
}

const subjectsOf = (news: readonly News[]): Subject[] => [...new Set(news.map((one) => one.personId))].map(subjectOf)

/** Companies follow what is learned of people, whatever door it came in by. */
export const companyReactions: readonly Reaction[] = [
  {
    name: 'companies: people met or parted',
    on: ['lead.adopted', 'lead.released'],
    run: (ctx, _pass, news) => settleLinks(ctx, subjectsOf(news)),
  },
  {
    name: 'companies: where does this lead work?',
    on: ['lead.created', 'lead.named', 'lead.adopted', 'field.changed'],
    run: (ctx, _pass, news) =>
      matchCompanies(
        ctx,
        news
          .filter(tellsCompany)
          .map(({ personId, eventId, hop, historic }) => ({ subject: subjectOf(personId), causeId: eventId, hop, historic })),
      ),
  },
]
