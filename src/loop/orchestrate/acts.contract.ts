// What a hand can do about people on their way. Browser-safe.
import { z } from 'zod'
import { endpoint, uuid } from '#kernel/endpoint.ts'

/** Somebody's run: people are locked by their id, so both are needed. */
const someRun = z.object({ person: uuid, run: uuid })
const someRuns = z.array(someRun).min(1).max(500)
const placed = z.array(someRun.extend({ to: z.string().max(40) })).max(500)

export const runActs = {
  movePeople: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/people/move',
    permission: 'scenarios.write',
    summary: 'Put people at another step, where they arrive anew, or at the end; `back` undoes it',
    input: z.object({ id: uuid, runs: someRuns, to: z.string().max(40).nullable() }),
    output: z.object({ moved: z.number().int(), back: placed }),
  }),
  hurryPeople: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/people/hurry',
    permission: 'scenarios.write',
    summary: 'Let people go on from a wait before its time',
    input: z.object({ id: uuid, runs: someRuns }),
    output: z.object({ moved: z.number().int() }),
  }),
  retryPeople: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/people/retry',
    permission: 'scenarios.write',
    summary: 'Try again for people who are parked, or whose mail, call or other work of a step did not come off',
    input: z.object({ id: uuid, runs: someRuns, step: z.string().max(40).optional() }),
    output: z.object({ tried: z.number().int() }),
  }),
  removePeople: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/people/remove',
    permission: 'scenarios.write',
    summary: 'Take people out of a scenario; mails of theirs that still wait are taken back. `back` undoes it with `putBackPeople`',
    input: z.object({ id: uuid, runs: someRuns }),
    output: z.object({ removed: z.number().int(), back: placed }),
  }),
  putBackPeople: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/people/put-back',
    permission: 'scenarios.write',
    summary: 'Let people who were taken out go on at a step, where they arrive anew',
    input: z.object({ id: uuid, runs: placed.min(1) }),
    output: z.object({ moved: z.number().int() }),
  }),
}
