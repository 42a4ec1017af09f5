import type { Kysely } from 'kysely'
import type { Pool } from 'pg'
import type { z } from 'zod'
import type { Calendar } from './calendar.ts'
import type { Clock } from './clock.ts'
import type { Db, Tables } from './db/tables.ts'
import type { Log } from './log.ts'

/** Who acts. Permissions are decided from this and from nothing else. */
export type Actor =
  | { readonly kind: 'user'; readonly id: string; readonly name: string; readonly role: string }
  | { readonly kind: 'key'; readonly id: string; readonly name: string; readonly scopes: readonly string[] }
  | { readonly kind: 'system'; readonly name: string }
  | { readonly kind: 'public' }

/**
 * Ports that lower rooms own and `server/wire` fills. Rooms augment this interface:
 * `declare module '#kernel/ctx.ts' { interface Ports { facts: readonly Fact[] } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: rooms augment it
export interface Ports {}

/** What lives as long as the process: connections, secrets, settings of the installation. */
export interface House {
  readonly clock: Clock
  readonly pool: Pool
  /** Connections with key-lookup planner settings, for the reactor and other claimers (reactor.md C2). */
  readonly claimPool: Pool
  /** A builder over the pool, each statement its own transaction: for reads outside of `withTx` and libraries. */
  readonly db: Kysely<Tables>
  readonly publicUrl: string
  readonly dataDir: string
  /** 32 bytes derived from SECRET_KEY for one purpose (HKDF-SHA256, RFC 5869). */
  secret(purpose: string): Buffer
  readonly calendar: Calendar
  /** Hosts or addresses the egress client may reach although they are private; empty in production. */
  readonly egressAllow: readonly string[]
  readonly smtpUrl: string | null
  readonly jobs: Jobs
  readonly ports: Ports
  readonly log: Log
}

/** What one transaction knows: the verb's first argument. */
export interface Ctx {
  readonly db: Db
  readonly now: Date
  /** A new UUIDv7 at `now`. */
  id(): string
  /** A stable draw in [0, 1) for a key. */
  draw(key: string): number
  readonly actor: Actor
  readonly house: House
  readonly log: Log
  /** Runs after COMMIT, never on rollback. */
  afterCommit(run: () => void): void
}

/** A kind of job. `run` must be safe to repeat: a job runs at least once. */
export interface JobKind<S extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly schema: S
  /** Cron expression in UTC for jobs that also run by themselves. */
  readonly cron?: string
  /** How often a failed run is repeated (exponential back-off); 5 by default. */
  readonly retries?: number
  /** A run longer than this is taken for dead and repeated; 900 s by default. */
  readonly expireSeconds?: number
  /** A part of the installation that may be held (kernel/hold.ts); while it is, jobs of this kind wait beside the queue. */
  readonly part?: string
  // A method, not a property: lists hold kinds of many schemas.
  run(house: House, data: z.output<S>): Promise<void>
}

export interface Jobs {
  /** Enqueues in the caller's transaction: rolled back means never run. `key` keeps one queued job per key. */
  enqueue<S extends z.ZodType>(ctx: Ctx, kind: JobKind<S>, data: z.input<S>, key?: string): Promise<void>
  /** Starts the workers of this process. */
  work(house: House): Promise<void>
  /** Queues what waits beside the queue and is not held (any more). Returns how many jobs. */
  letGo(ctx: Ctx): Promise<number>
  /** Runs every queued job here and now until none is left; tests and the command line. Returns how many ran. */
  drain(house: House): Promise<number>
  stop(): Promise<void>
}
