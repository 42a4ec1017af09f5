import type { JsonObject } from '#kernel/json.ts'
import { type SetupPart, takes } from '#kernel/setup.ts'
import { scoresContract } from './contract.ts'
import { add, list, saveDraft } from './manage/service.ts'

/** Score rules in the set-up: the draft where there is one, else what is in force. They come in as drafts. */
export const scoresSetup: SetupPart = {
  folder: 'scores',
  read: async (ctx) =>
    (await list(ctx)).items.flatMap(({ name, label, live, draft }) => {
      const rules = draft ?? live
      return rules
        ? [{ id: name, name, value: { name, label, rules: rules.rules, settings: rules.settings } as unknown as JsonObject }]
        : []
    }),
  write: async (ctx, { value }) => {
    const { name, label } = takes(scoresContract.add).parse(value)
    if (!(await list(ctx)).items.some((model) => model.name === name)) await add(ctx, { name, label })
    await saveDraft(ctx, takes(scoresContract.saveDraft).parse(value))
    return name
  },
}
