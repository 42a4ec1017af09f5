import { type SetupPart, takes } from '#kernel/setup.ts'
import { trackContract } from './contract.ts'
import { addPageGroup, changePageGroup, pageGroups } from './service.ts'

/** Page groups in the set-up. Sites carry write keys and stay here. */
export const pageGroupSetup: SetupPart = {
  folder: 'page-groups',
  read: async (ctx) =>
    (await pageGroups(ctx)).items.map(({ id, name, patterns }) => ({ id, name, value: { name, patterns: [...patterns] } })),
  write: async (ctx, { id, value }) => {
    const group = takes(trackContract.addPageGroup).parse(value)
    return (await (id === null ? addPageGroup(ctx, group) : changePageGroup(ctx, { id, ...group }))).id
  },
}
