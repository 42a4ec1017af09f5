import { outside, serve } from '#kernel/serve.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { scenariosContract } from './contract.ts'
import * as acts from './people/acts.ts'
import * as people from './people/service.ts'
import * as service from './service.ts'
import { starterMails } from './starters/decide.ts'

export const scenariosRoutes = serve(scenariosContract, {
  list: service.list,
  // Mails are compiled before the transaction begins: it takes tens of milliseconds each.
  create: outside(async (door, input) => {
    const mails = await Promise.all(
      starterMails(input.starter, input.language).map(async (mail) => ({ ...mail, compiled: await compileOrRefuse(mail.draft) })),
    )
    return door.tx(async (ctx) => {
      const made: Record<string, string> = {}
      for (const { key, name, draft, compiled } of mails) made[key] = (await make(ctx, { name, draft }, compiled)).id
      return service.create(ctx, input, made)
    })
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
