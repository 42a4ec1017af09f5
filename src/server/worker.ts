// What goes on without being asked: reactions, due steps, mail, jobs. Each lane is started and stopped by the same two words.
import type { House } from '#kernel/ctx.ts'

export interface Lane {
  stop(): Promise<void>
}

/** Starts every lane of this process. */
export async function startWorker(house: House): Promise<Lane> {
  const lanes: Lane[] = []
  await house.jobs.work(house)
  return { stop: async () => void (await Promise.all(lanes.map((lane) => lane.stop()))) }
}
