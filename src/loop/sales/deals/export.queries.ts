import { sql } from 'kysely'
import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { flatSource } from '#loop/identify/export/flat.ts'
import { dealStages } from './service.ts'
import { LOST_REASONS } from './vocabulary.ts'

const STATES = [
  { value: 'open', ja: '進行中', en: 'Open' },
  { value: 'won', ja: '受注', en: 'Won' },
  { value: 'lost', ja: '失注', en: 'Lost' },
]

/** The stages by key, as the company named them. */
const stageNames = async (ctx: Ctx): Promise<string> =>
  JSON.stringify(Object.fromEntries((await dealStages(ctx)).map((stage) => [stage.key, stage.ja])))

/** The deals as a file. */
export const dealsSource = flatSource({
  name: 'deals',
  ja: '商談',
  en: 'Deals',
  permission: 'deals.read',
  filter: z.object({
    q: z.string().max(200).optional(),
    state: z.enum(['open', 'won', 'lost']).optional(),
    stage: z.string().max(60).optional(),
    owner: z.union([z.guid(), z.literal('none')]).optional(),
  }),
  columns: [
    { key: 'id', ja: 'ID', en: 'ID' },
    { key: 'name', ja: '商談名', en: 'Deal' },
    { key: 'company', ja: '会社名', en: 'Company' },
    { key: 'amount', ja: '金額', en: 'Amount' },
    { key: 'stage', ja: 'ステージ', en: 'Stage' },
    { key: 'state', ja: '状態', en: 'State' },
    { key: 'expected', ja: '受注予定日', en: 'Expected close' },
    { key: 'owner', ja: '担当者', en: 'Owner' },
    { key: 'people', ja: '関係者', en: 'People' },
    { key: 'opened', ja: '作成日時', en: 'Opened at' },
    { key: 'closed', ja: '終了日時', en: 'Closed at' },
    { key: 'products', ja: '製品', en: 'Products' },
    { key: 'lost', ja: '失注理由', en: 'Lost reason' },
    { key: 'note', ja: 'メモ', en: 'Note' },
  ],
  words: { state: STATES, lost: LOST_REASONS },
  rows: async ({ q, state, stage, owner }, ctx) => sql`SELECT d.id, d.name, d.company_name AS company, d.amount::float8 AS amount,
      coalesce(${await stageNames(ctx)}::jsonb ->> d.stage, d.stage) AS stage,
      d.state, d.expected_close::text AS expected, u.name AS owner, d.opened_at AS opened, d.closed_at AS closed, d.lost_reason AS lost, d.note,
      ARRAY(SELECT coalesce(k.ja, x.key) FROM unnest(d.products) WITH ORDINALITY x(key, o) LEFT JOIN product k ON k.key = x.key ORDER BY x.o) AS products,
      ARRAY(SELECT concat_ws(' ', p.family_name, p.given_name) FROM deal_person dp JOIN person p ON p.bucket = dp.bucket AND p.id = dp.person_id
        WHERE dp.deal_id = d.id ORDER BY dp.main DESC, dp.added_at) AS people
    FROM deal d LEFT JOIN auth_user u ON u.id = d.owner_id
    WHERE d.removed_at IS NULL AND (${state ?? null}::text IS NULL OR d.state = ${state ?? null}) AND (${stage ?? null}::text IS NULL OR d.stage = ${stage ?? null})
      AND (${owner ?? null}::text IS NULL OR coalesce(d.owner_id::text, 'none') = ${owner ?? null})
      AND (${q ?? null}::text IS NULL OR position(lower(${q ?? ''}) IN lower(d.name || ' ' || coalesce(d.company_name, ''))) > 0)
    ORDER BY d.changed_at DESC, d.id DESC`,
})
