import { type SetupPart, takes } from '#kernel/setup.ts'
import { mailContract } from './contract.ts'
import { addTopic, topics } from './service.ts'

/** Topics in the set-up, by their Japanese names. One that is there stays as it is. */
export const topicsSetup: SetupPart = {
  folder: 'topics',
  read: async (ctx) => (await topics(ctx)).items.map(({ id, ja, en }) => ({ id, name: ja, value: { ja, en } })),
  write: async (ctx, { id, value }) => id ?? (await addTopic(ctx, takes(mailContract.addTopic).parse(value))).id,
}
