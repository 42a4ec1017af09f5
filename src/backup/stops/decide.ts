// The log of stops and erasures: what a line says, and what still stands when all are read. Pure.
import { z } from 'zod'
import { MINUTE } from '#kernel/clock.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

export const stopLine = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stop'),
    at: z.iso.datetime({ offset: true }),
    hash,
    reason: z.string().max(60),
    level: z.number().int().min(1).max(9),
    since: z.iso.datetime({ offset: true }),
    source: z.string().max(500),
  }),
  z.object({ kind: z.literal('lift'), at: z.iso.datetime({ offset: true }), hash }),
  z.object({
    kind: z.literal('topicStop'),
    at: z.iso.datetime({ offset: true }),
    person: z.guid(),
    topic: z.guid(),
    since: z.iso.datetime({ offset: true }),
  }),
  z.object({ kind: z.literal('topicLift'), at: z.iso.datetime({ offset: true }), person: z.guid(), topic: z.guid() }),
  z.object({ kind: z.literal('erased'), at: z.iso.datetime({ offset: true }), person: z.guid() }),
])
export type StopLine = z.infer<typeof stopLine>

/** From where on the log is told again: a little before the snapshot, since a stop commits a moment after it is written. */
export const sinceOf = (snapshotAt: Date): Date => new Date(snapshotAt.getTime() - 10 * MINUTE)

export interface Standing {
  readonly stops: { hash: string; reason: string; level: number; since: Date; source: string }[]
  readonly topics: { person: string; topic: string; since: Date }[]
  readonly erased: string[]
}

/**
 * What stands at the end of the log. A lift takes away the stop that the log itself told; one that lifts an older stop is not told again,
 * since the consent that went with it is lost: stricter, never looser.
 */
export function standing(lines: readonly StopLine[]): Standing {
  const stops = new Map<string, Standing['stops'][number]>()
  const topics = new Map<string, Standing['topics'][number]>()
  const erased = new Set<string>()
  for (const line of lines) {
    if (line.kind === 'stop') stops.set(line.hash, stricter(stops.get(line.hash), { ...line, since: new Date(line.since) }))
    else if (line.kind === 'lift') stops.delete(line.hash)
    else if (line.kind === 'topicStop')
      topics.set(`${line.person} ${line.topic}`, { person: line.person, topic: line.topic, since: new Date(line.since) })
    else if (line.kind === 'topicLift') topics.delete(`${line.person} ${line.topic}`)
    else erased.add(line.person)
  }
  return { stops: [...stops.values()], topics: [...topics.values()], erased: [...erased] }
}

function stricter(known: Standing['stops'][number] | undefined, told: Standing['stops'][number]): Standing['stops'][number] {
  if (known && known.level >= told.level) return known
  return { hash: told.hash, reason: told.reason, level: told.level, since: told.since, source: told.source }
}
