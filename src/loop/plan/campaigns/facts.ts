// What a campaign says about a person: for each campaign the status they have in it, and how many campaigns they are in.
import type { Ctx } from '#kernel/ctx.ts'
import type { Fact } from '#loop/identify/facts.ts'
import * as queries from './queries.ts'
import { STATUS_ENGLISH } from './vocabulary.ts'

const MOVED = ['campaign.joined', 'campaign.status_changed', 'campaign.left', 'lead.adopted', 'lead.released']
const MOST = 200

export const facts: readonly Fact[] = [
  {
    name: 'campaigns',
    type: 'number',
    words: { ja: '参加した施策の数', en: 'Number of campaigns' },
    group: 'campaigns',
    sql: queries.campaignsOf,
    load: async (ctx, subjects) => {
      const counts = await queries.countsOf(ctx.db, subjects)
      return new Map(subjects.map(({ id }) => [id, counts.get(id) ?? 0]))
    },
    after: MOVED,
  },
]

/** One fact per campaign: `campaign.<id>` is the status a person has in it; nobody who is not in it has one. */
export async function campaignFacts(ctx: Ctx): Promise<Fact[]> {
  return (await queries.namesOfCampaigns(ctx.db, MOST)).map(({ id, name, statuses }) => ({
    name: `campaign.${id}`,
    type: 'choice',
    words: { ja: `施策: ${name}`, en: `Campaign: ${name}` },
    group: 'campaigns',
    options: statuses.map((value) => ({ value, ja: value, en: STATUS_ENGLISH[value] ?? value })),
    sql: (person) => queries.statusIn(person, id),
    load: (inner, subjects) => queries.statusesOf(inner.db, id, subjects),
    after: MOVED,
  }))
}
