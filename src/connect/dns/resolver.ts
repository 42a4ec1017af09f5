// The DNS: short patience, small answers, and a failure told from "there is none".
import { Resolver } from 'node:dns/promises'
import type { Answer, Names } from '#loop/deliver/sender/domain/port.ts'

const PATIENCE = { timeout: 3_000, tries: 2 }
const MOST = 50
const LONGEST = 4_096

/** @param servers `address:port` of the servers to ask; the system's when left out */
export function openNames(servers?: readonly string[]): Names {
  const resolver = new Resolver(PATIENCE)
  if (servers) resolver.setServers([...servers])
  return {
    text: (name) => asked(async () => (await resolver.resolveTxt(name)).map((strings) => strings.join('').slice(0, LONGEST))),
    exchangers: (name) =>
      asked(async () => (await resolver.resolveMx(name)).sort((a, b) => a.priority - b.priority).map((one) => one.exchange)),
    addresses: async (name) => {
      const [four, six] = await Promise.all([asked(() => resolver.resolve4(name)), asked(() => resolver.resolve6(name))])
      if (four.kind === 'found' || six.kind === 'found')
        return { kind: 'found', records: [four, six].flatMap((one) => (one.kind === 'found' ? one.records : [])) }
      return four.kind === 'failed' ? four : six
    },
    names: (address) => asked(() => resolver.reverse(address)),
  }
}

const NONE = new Set(['ENOTFOUND', 'ENODATA', 'NOTFOUND', 'NODATA'])

async function asked(look: () => Promise<string[]>): Promise<Answer> {
  try {
    const records = (await look()).slice(0, MOST)
    return records.length ? { kind: 'found', records } : { kind: 'none' }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EBADNAME'
    return NONE.has(code) ? { kind: 'none' } : { kind: 'failed', code }
  }
}
