// The networks an operator has named.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { type networksContract, ownNetworks } from './contract.ts'
import type { Reaction } from './decide.ts'
import { sweptDomains } from './domains.ts'
import { type OwnRange, plainRange, rangeFault } from './networks.ts'
import { KNOWN_NETWORKS, type KnownNetwork } from './ranges.ts'

const KEY = 'mail.networks'
const FAULTS = {
  malformed: 'This is no range of addresses. Write it as 203.0.113.0/24 or 2001:db8::/32.',
  wide: 'This range is wider than any one network. Take at most /8 (IPv4) or /20 (IPv6).',
  private: 'Readers never come from these addresses: they are private or reserved.',
} as const

export async function ownRanges(ctx: Ctx): Promise<readonly OwnRange[]> {
  return (await readSetting(ctx, KEY, ownNetworks, { own: [] })).own
}

export async function read(ctx: Ctx): Promise<{ own: OwnRange[]; known: KnownNetwork[]; swept: Reaction[] }> {
  return {
    own: [...(await ownRanges(ctx))],
    swept: [...(await sweptDomains(ctx))],
    known: KNOWN_NETWORKS.map((one) => ({ ...one, ranges: [...one.ranges] })),
  }
}

export async function save(ctx: Ctx, { own }: InputOf<(typeof networksContract)['save']>): Promise<{ own: OwnRange[] }> {
  const plain = own.map((one, i) => {
    const fault = rangeFault(one.range)
    if (fault) refuse('invalid', `network.${fault}`, { message: FAULTS[fault], field: `own.${i}.range` })
    return { ...one, range: plainRange(one.range) }
  })
  const twice = plain.findIndex((one, i) => plain.findIndex((other) => other.range === one.range) < i)
  if (twice >= 0) refuse('invalid', 'network.twice', { message: 'This range is in the list already.', field: `own.${twice}.range` })
  await writeSetting(ctx, KEY, { own: plain })
  return { own: plain }
}
