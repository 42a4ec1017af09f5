// Rows of people: each is read, matched by the rule that was chosen, and told to the one resolver that every door leads to.
import type { Ctx } from '#kernel/ctx.ts'
import type { IdentifyAct } from '#loop/identify/acts.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'
import { findHolders, type IdentityHolder, type IdentityKey, selectPeople } from '#loop/identify/queries.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import type { ImportOptions } from './contract.ts'
import { type Reading, type ReadRow, readRow, samePerson, sharedKey } from './decide.ts'
import type { ReadOut } from './file.ts'

/** What a page of rows is read with. */
export interface Taking extends Reading {
  readonly importId: string
  readonly name: string
  readonly options: ImportOptions
}

/** A row that may be taken, with its keys normalised and whoever holds them. */
export interface Good extends Extract<ReadRow, { ok: true }> {
  readonly row: ReadOut
  /** The address as it is compared; null when the row has none, or when the address stays somebody else's. */
  readonly key: string | null
  readonly known: PersonRow | null
}

/** A row that is not taken, and why. */
export interface Turned {
  readonly row: ReadOut
  readonly outcome: 'skipped' | 'rejected'
  readonly reason: string
  /** The id by which whoever it is about is known, when that is found out: the row itself may not hold it. */
  readonly externalId?: string | null
}

export interface Sorted {
  readonly good: readonly Good[]
  readonly turned: readonly Turned[]
  /** Rows with letters that the encoding cannot read. */
  readonly unread: number
}

const rejected = (row: ReadOut, reason: string): Turned => ({ row, outcome: 'rejected', reason })
export const KNOWN = '登録済みのためスキップ / Known already'
export const SAME = '変更なし（登録内容と同じ） / Nothing new'

/** Reads the rows of a page and finds out who each one is about. `isTrial`: the people known are looked up, even if nothing here depends on them. */
export async function sortOut(ctx: Ctx, rows: readonly ReadOut[], taking: Taking, isTrial = false): Promise<Sorted> {
  const turned: Turned[] = []
  const read: { row: ReadOut; told: Extract<ReadRow, { ok: true }>; key: string | null }[] = []
  let unread = 0
  for (const row of rows) {
    if (row.cells.some((cell) => cell.includes('\ufffd'))) unread++
    const told = row.fault === undefined ? readRow(row.cells, taking) : ({ ok: false, reason: row.fault } as const)
    if (!told.ok) turned.push(rejected(row, told.reason))
    else {
      const parsed = told.mail === null ? null : parseMail(told.mail)
      read.push({ row, told, key: parsed?.ok ? parsed.mail : null })
    }
  }
  const { match: rule, policy } = taking.options
  // By the plain rule a row is about whoever the resolver finds: asking twice would change nothing.
  const holders = isTrial || rule !== 'mail' || policy === 'skip' ? await holdersOf(ctx, read, rule) : NOBODY
  const good: Good[] = []
  for (const one of read) {
    const matched = match(one, holders, taking.options.match)
    if ('reason' in matched) turned.push(rejected(one.row, matched.reason))
    else if (matched.known && taking.options.policy === 'skip')
      turned.push({ row: one.row, outcome: 'skipped', reason: KNOWN, externalId: matched.externalId })
    else good.push(matched)
  }
  return { good, turned, unread }
}

interface Held {
  readonly mail: ReadonlyMap<string, PersonRow>
  readonly external: ReadonlyMap<string, PersonRow>
}
const NOBODY: Held = { mail: new Map(), external: new Map() }
type Told = { row: ReadOut; told: Extract<ReadRow, { ok: true }>; key: string | null }

async function holdersOf(ctx: Ctx, read: readonly Told[], rule: ImportOptions['match']): Promise<Held> {
  const keys = read.flatMap(({ told, key }): IdentityKey[] => [
    ...(key ? [{ kind: 'mail', value: key } as const] : []),
    ...(told.externalId ? [{ kind: 'external', value: told.externalId } as const] : []),
    ...(key && rule === 'personMail' ? [{ kind: 'external', value: sharedKey(key, told.fields) } as const] : []),
  ])
  const found = await findHolders(ctx.db, keys)
  const people = await selectPeople(ctx.db, [...new Map(found.map((one) => [one.id, { bucket: one.bucket, id: one.id }])).values()])
  const of = (kind: IdentityHolder['kind']) =>
    new Map(
      found.flatMap((one) => {
        const row = people.get(one.id)
        return one.kind === kind && row ? [[one.value, row] as const] : []
      }),
    )
  return { mail: of('mail'), external: of('external') }
}

/** Who the row is about by the rule of this import, or why nobody can say. */
function match({ row, told, key }: Told, held: Held, rule: ImportOptions['match']): Good | { readonly reason: string } {
  const byMail = key ? (held.mail.get(key) ?? null) : null
  const byExternal = told.externalId ? (held.external.get(told.externalId) ?? null) : null
  const plain: Good = { ...told, row, key, known: byMail ?? byExternal }
  if (rule === 'external') {
    if (byExternal && byMail && byExternal.id !== byMail.id)
      return {
        reason: `外部ID「${told.externalId}」の人とメールアドレスの人が別です / The external id and the address are two different people’s`,
      }
    return { ...plain, known: byExternal ?? byMail }
  }
  if (rule === 'personMail' && byMail && !samePerson(told.fields, byMail)) return shared({ row, told, key }, held, byExternal)
  return plain
}

/** The address belongs to somebody of another name or company: this is another person, who keeps it as a shared address. */
function shared({ row, told, key }: Told, held: Held, byExternal: PersonRow | null): Good {
  const externalId = told.externalId ?? sharedKey(key ?? '', told.fields)
  const known = byExternal ?? held.external.get(externalId) ?? null
  return { ...told, row, mail: null, externalId, key: null, known, fields: { ...told.fields, contactMail: key ?? '' } }
}

/** A row as an act: historic, so it counts and starts nothing; its basis counts for new people only and lifts no stop. */
export function actOf(ctx: Ctx, one: Good, { importId, name, options }: Taking): IdentifyAct {
  const source = one.source ?? (options.source || null)
  const at = one.at && one.at < ctx.now ? one.at : ctx.now
  return {
    route: 'import',
    at,
    historic: true,
    fields: one.fields,
    attrs: one.attrs,
    tags: options.tags.length ? [...one.tags, ...options.tags] : one.tags,
    onlyEmpty: options.policy === 'fill',
    ...(one.mail ? { mail: one.mail } : {}),
    ...(one.externalId ? { externalId: one.externalId } : {}),
    ...(source ? { source: { name: source, interest: options.interest, ...(one.priority ? { priority: one.priority } : {}) } } : {}),
    ...(options.basis === 'none' || !one.mail || one.optOut
      ? {}
      : { consent: { basis: options.basis, text: options.basisText, evidence: { import: importId, file: name, line: one.row.line } } }),
  }
}
