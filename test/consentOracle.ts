// The model that M10's random paths are held against: what was said of each address, and what must follow for each mail that left.
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import type { VirtualClock } from '#kernel/clock.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { exportPerson } from '#loop/identify/erase/privacy.ts'

const OWNER: Actor = { kind: 'user', id: '01990000-0000-7000-8000-000000000001', name: '管理者', role: 'owner' }

/** What may be said of one address, as the recorded acts have it. */
export interface Said {
  yes: boolean
  stop: 'none' | 'unsubscribe' | 'hard'
  /** Its lead lies in the trash. */
  away: boolean
  /** Nothing but plain acts happened to it, so that the model says exactly what must happen and not only what must not. */
  plain: boolean
}

export interface Figures {
  acts: number
  sent: number
  tests: number
  refusedTests: number
  exported: number
  held: number
  /** Addresses for which a last newsletter went out, or did not, exactly as the model says. */
  agreed: number
}

export const fresh = () => ({
  said: new Map<string, Said>(),
  leads: [] as string[],
  merges: [] as string[],
  trashed: [] as string[],
  seen: new Set<string>(),
  tests: 0,
  held: false,
  serial: 0,
})

export interface Path extends ReturnType<typeof fresh> {
  readonly house: House
  readonly clock: VirtualClock
  readonly app: FastifyInstance
  readonly key: string
  readonly template: string
  readonly tx: <T>(run: (ctx: Ctx) => Promise<T>, actor?: Actor) => Promise<T>
  readonly rows: <T>(text: string, values?: unknown[]) => Promise<T[]>
  readonly figures: Figures
  readonly no: number
  readonly draw: () => number
}

export function of(path: Path, address: string): Said {
  const said = path.said.get(address) ?? { yes: false, stop: 'none', away: false, plain: true }
  path.said.set(address, said)
  return said
}
export const maySend = (said: Said): boolean => said.yes && said.stop === 'none' && !said.away

export interface Sent {
  readonly id: string
  readonly person_id: string
  readonly address: string
}

const MARKED = `SELECT d.id, d.person_id, d.address, d.status, d.display_id, d.marked_at, e.id AS entry, e.given, e.at, e.address_hash
  FROM delivery d LEFT JOIN consent_entry e ON e.id = d.consent_entry_id
  WHERE d.person_id = ANY($1) AND d.marked_at IS NOT NULL AND d.status IN ('transmitting', 'sent', 'refused') AND d.purpose = 'marketing'`
interface MarkedRow extends Sent {
  readonly status: string
  readonly display_id: string | null
  readonly marked_at: Date
  readonly entry: string | null
  readonly given: boolean | null
  readonly at: Date | null
  readonly address_hash: string | null
}

/** Each mail that left since the last look was allowed by the model, and by an entry that says yes for that very address. */
export async function checkSent(path: Path): Promise<void> {
  for (const row of await path.rows<MarkedRow>(MARKED, [path.leads])) {
    const stamp = `${row.id} ${row.marked_at.toISOString()}`
    if (path.seen.has(stamp)) continue
    path.seen.add(stamp)
    ok(!path.held, 'a mail left while sending was held')
    const said = of(path, row.address)
    ok(maySend(said), `a mail left for ${row.address}: ${JSON.stringify(said)}`)
    ok(row.entry !== null && row.given === true && row.at !== null && row.at <= row.marked_at, `${row.address}: no entry that says yes`)
    equal(row.address_hash, addressHash(path.house, row.address), `${row.address}: the entry speaks of another address`)
    ok(row.display_id, `${row.address}: what was shown of the sender is not kept`)
    path.figures.sent++
  }
}

/** Nothing left beside the deliveries and the tests. */
export async function checkMailbox(path: Path): Promise<void> {
  const like = `p${path.no}-%@example.co.jp`
  const left = await path.rows<{ n: number }>('SELECT count(*)::int AS n FROM mailbox_mail WHERE envelope_to LIKE $1', [like])
  equal(left[0]?.n, path.seen.size + path.tests, 'mails beside those of the queue and the tests')
}

export async function checkExports(path: Path): Promise<void> {
  const sent = await path.rows<MarkedRow>(MARKED, [path.leads])
  // A file takes a tenth of a second: those two of a path with the most mails.
  const people = [...Map.groupBy(sent, (row) => row.person_id)].sort((a, b) => b[1].length - a[1].length).slice(0, 2)
  for (const [id, mails] of people) {
    const { data } = await path.tx((ctx) => exportPerson(ctx, { id, language: 'ja' }), OWNER)
    const file = data as unknown as {
      mailProofs: { delivery: string; entry: string | null; shown: { legalName?: string } | null }[]
      tables: Record<string, { id: string; given?: boolean }[]>
    }
    for (const mail of mails) {
      const proof = file.mailProofs.find((one) => one.delivery === mail.id)
      equal(proof?.shown?.legalName, '株式会社見本', `${mail.address}: the sender as shown is not in the person's file`)
      deepEqual(
        [proof?.entry, file.tables['consent_entry']?.find((one) => one.id === mail.entry)?.given],
        [mail.entry, true],
        `${mail.address}: the entry it went out on is not in the person's file`,
      )
      path.figures.exported++
    }
  }
}
