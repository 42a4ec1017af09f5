// The lead list as a file: the filter and order of the list, the columns of its view.
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { factCell } from '../export/factCell.ts'
import type { Cell, ExportAbout, ExportColumn, ExportSource } from '../export/source.ts'
import { allFacts, loadFacts } from '../facts.ts'
import type { PersonRow } from '../tables.ts'
import { leadView } from './contract.ts'
import { ACTIONS } from './decide.ts'
import { conditionsOf, orderForAll } from './list.ts'
import * as queries from './queries.ts'

type Maker = (row: PersonRow) => Cell
interface OwnColumn extends ExportColumn {
  readonly cell?: Maker
}

const joined = (...parts: (string | null)[]): string => parts.filter(Boolean).join(' ')

/** Columns that are no facts. */
const OWN: readonly OwnColumn[] = [
  { key: 'id', ja: 'ID', en: 'ID', usual: true, cell: (row) => row.id },
  { key: 'name', ja: '氏名', en: 'Name', usual: true, cell: (row) => joined(row.family_name, row.given_name) },
  { key: 'kana', ja: 'フリガナ', en: 'Kana', usual: true, cell: (row) => joined(row.family_kana, row.given_kana) },
  { key: 'createdAt', ja: '登録日時', en: 'Created at', usual: true, cell: (row) => row.identified_at ?? row.created_at },
  { key: 'lastSeenAt', ja: '最終アクセス', en: 'Last seen', usual: true, cell: (row) => row.last_seen_at },
  { key: 'externalId', ja: '外部ID', en: 'External ID', usual: true },
  { key: 'last', ja: '最後の行動', en: 'Last action' },
  { key: 'lastAt', ja: '最後の行動の日時', en: 'Last action at' },
]
/** Facts that are exported when nobody chose. */
const USUAL: ReadonlySet<string> = new Set([
  ...['companyName', 'department', 'title', 'mail', 'phone', 'postalCode', 'prefecture', 'city', 'address', 'industry', 'employeeBand'],
  ...[
    'owner',
    'status',
    'priority',
    'tags',
    'interest',
    'sourceFirst',
    'sourceLatest',
    'mailBasis',
    'mailStop',
    'sales.stage',
    'score.main.total',
  ],
])
const HIDDEN: ReadonlySet<string> = new Set(['isLead', 'identifiedAt'])

async function columns(ctx: Ctx): Promise<ExportColumn[]> {
  const facts = (await allFacts(ctx)).filter((fact) => !HIDDEN.has(fact.name))
  const own = OWN.map(({ key, ja, en, usual }) => ({ key, ja, en, ...(usual ? { usual } : {}) }))
  return [
    ...own.slice(0, 3),
    ...facts.map((fact) => ({ key: fact.name, ...fact.words, usual: USUAL.has(fact.name) || fact.name.startsWith('attrs.') })),
    ...own.slice(3),
  ]
}

async function rows(ctx: Ctx, filter: unknown) {
  const parsed = leadView.safeParse(filter)
  if (!parsed.success) refuse('invalid', 'export.filter', { message: '条件を読み取れません / The filter cannot be read.', field: 'filter' })
  return queries.selectLeads(await conditionsOf(ctx, parsed.data), await orderForAll(ctx, parsed.data))
}

/** Which reads the columns need, and no others: a million rows pass here. */
async function cells(ctx: Ctx, given: readonly unknown[], about: ExportAbout): Promise<Cell[][]> {
  const people = given as readonly PersonRow[]
  const subjects = people.map(({ bucket, id }) => ({ bucket, id }))
  const wants = new Set(about.columns)
  const facts = (await allFacts(ctx)).filter((fact) => wants.has(fact.name))
  const values = await loadFacts(ctx, new Map(facts.map((fact) => [fact, subjects])))
  const owners = wants.has('owner')
    ? await queries.userNames(
        ctx.db,
        people.flatMap((row) => row.owner_id ?? []),
      )
    : new Map<string, string>()
  const externals = wants.has('externalId') ? await queries.externalIds(ctx.db, subjects) : new Map<string, string>()
  const actions = wants.has('last') || wants.has('lastAt') ? await queries.lastActions(ctx.db, subjects, ACTIONS) : null
  const makers = about.columns.map((key): Maker => {
    if (key === 'owner') return (row) => (row.owner_id && owners.get(row.owner_id)) ?? null
    if (key === 'externalId') return (row) => externals.get(row.id) ?? null
    if (key === 'last') return (row) => actions?.get(row.id)?.name ?? null
    if (key === 'lastAt') return (row) => actions?.get(row.id)?.at ?? null
    const fact = facts.find((one) => one.name === key)
    return fact
      ? (row) => factCell(fact, values.get(fact)?.get(row.id), about.language)
      : (OWN.find((one) => one.key === key)?.cell ?? (() => null))
  })
  return people.map((row) => makers.map((make) => make(row)))
}

export const leadsSource: ExportSource = { name: 'leads', ja: 'リード', en: 'Leads', permission: 'leads.read', columns, rows, cells }
