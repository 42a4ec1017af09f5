import { outside, serve } from '#kernel/serve.ts'
import { scenariosContract } from './contract.ts'
import * as along from './library/service.ts'
import * as acts from './people/acts.ts'
import * as people from './people/service.ts'
import * as service from './service.ts'

export const scenariosRoutes = serve(scenariosContract, {
  list: service.list,
  library: along.read,
  // Mails are compiled before the transaction begins: it takes tens of milliseconds each.
  create: outside(async (door, input) => {
    const link = input.link ?? (await door.read(along.houseLink))
    const mails = await along.compileMails(input.starter, input.language, link)
    return door.tx(async (ctx) => service.create(ctx, input, await along.makeAlong(ctx, input, mails)))
  }),
  get: service.get,
  save: service.save,
  publish: service.publish,
  setState: service.setState,
  copy: service.copy,
  archive: service.archive,
  restore: service.restore,
  versions: service.versions,
  version: service.version,
  counts: people.counts,
  people: people.people,
  enter: people.enter,
  runs: people.runs,
  endRun: people.endRun,
  movePeople: acts.move,
  hurryPeople: acts.hurry,
  retryPeople: acts.retry,
  removePeople: acts.remove,
  putBackPeople: acts.putBack,
  webhookSecret: service.webhookSecret,
})
