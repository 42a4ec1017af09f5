// Composition by plain calls: which rooms there are, in the order of the loop. Nothing is found by scanning or by decorators.
import { auditRoutes } from '#access/audit/routes.ts'
import { companyRoutes } from '#access/company/routes.ts'
import { keysRoutes } from '#access/keys/routes.ts'
import { sweepSessions } from '#access/users/jobs.ts'
import { linksRoutes, meRoutes, setupRoutes, usersRoutes } from '#access/users/routes.ts'
import type { JobKind, Ports } from '#kernel/ctx.ts'
import type { Served } from '#kernel/serve.ts'
import { jobs as trackJobs } from '#loop/capture/track/jobs.ts'
import { publicRoutes as trackPaths, trackRoutes } from '#loop/capture/track/routes.ts'
import { personTables as trackTables } from '#loop/capture/track/tables.ts'
import { facts as identifyFacts } from '#loop/identify/facts.ts'
import type { PublicRoutes } from './http.ts'
import { houseKeeping } from './keeping.ts'

/** Rooms of the API by the name they have in the contract. */
export const rooms: Readonly<Record<string, Served>> = {
  setup: setupRoutes,
  me: meRoutes,
  links: linksRoutes,
  users: usersRoutes,
  keys: keysRoutes,
  company: companyRoutes,
  audit: auditRoutes,
  track: trackRoutes,
}

/** Paths outside of the API. */
export const publicRoutes: readonly PublicRoutes[] = [trackPaths]

/** Kinds of jobs. */
export const jobs: readonly JobKind[] = [houseKeeping, sweepSessions, ...trackJobs]

/** Ports that lower rooms own, filled here. */
export function ports(): Ports {
  return { personTables: [...trackTables], facts: [...identifyFacts] } as unknown as Ports
}
