/**
 * What `run` takes of this process's processor time, its threads included, in milliseconds. Unlike a clock on the wall it says the same
 * on a busy machine; work of the database is not in it.
 */
export async function cpuOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
