// DMARC after RFC 9989: found by walking up the tree, no list of public suffixes, and no `pct` any more.
import type { Names } from './port.ts'

export interface Dmarc {
  readonly state: 'good' | 'none' | 'two' | 'broken' | 'failed'
  readonly record: string
  /** Where it stands: the domain itself or one above it. */
  readonly at: string
  readonly policy: string
  readonly reports: boolean
  /** It has a `pct`, which receivers do not read any more. */
  readonly hasPct: boolean
  readonly strictDkim: boolean
  readonly strictSpf: boolean
}

const NONE: Dmarc = {
  state: 'none',
  record: '',
  at: '',
  policy: '',
  reports: false,
  hasPct: false,
  strictDkim: false,
  strictSpf: false,
}

/** A domain and those above it, at most eight (RFC 9989 §4.10). */
export function pathUp(domain: string): string[] {
  const labels = domain.toLowerCase().replace(/\.$/, '').split('.')
  const all = labels.map((_, i) => labels.slice(i).join('.'))
  return all.length <= 8 ? all : [all[0] ?? domain, ...all.slice(-7)]
}

const tagsOf = (record: string): Map<string, string> =>
  new Map(
    record.split(';').flatMap((part) => {
      const [name, ...value] = part.split('=')
      return name?.trim() ? [[name.trim().toLowerCase(), value.join('=').trim()] as const] : []
    }),
  )

interface Step {
  readonly at: string
  readonly records: readonly string[]
}

async function walk(names: Names, domain: string): Promise<Step[] | null> {
  const steps = await Promise.all(pathUp(domain).map(async (at) => ({ at, answer: await names.text(`_dmarc.${at}`) })))
  if (steps.some(({ answer }) => answer.kind === 'failed')) return null
  return steps.map(({ at, answer }) => ({
    at,
    records: answer.kind === 'found' ? answer.records.filter((text) => /^v=DMARC1\s*(?:;|$)/i.test(text)) : [],
  }))
}

/** The domain by which two names belong together; the name itself while nothing is published. */
export async function organisationOf(names: Names, domain: string): Promise<string> {
  const steps = (await walk(names, domain)) ?? []
  let found = domain
  for (const [i, step] of steps.entries()) {
    if (step.records.length !== 1) continue
    const psd = tagsOf(step.records[0] ?? '').get('psd')
    if (psd === 'n') return step.at
    if (psd === 'y') return i > 0 ? (steps[i - 1]?.at ?? found) : found
    found = step.at
  }
  return found
}

/** The policy in force for a domain. */
export async function readDmarc(names: Names, domain: string): Promise<Dmarc> {
  const steps = await walk(names, domain)
  if (!steps) return { ...NONE, state: 'failed' }
  const step = steps.find(({ records }) => records.length)
  if (!step) return NONE
  if (step.records.length > 1) return { ...NONE, state: 'two', at: step.at, record: step.records.join('\n') }
  const record = step.records[0] ?? ''
  const tags = tagsOf(record)
  const policy = (step.at === domain.toLowerCase() ? undefined : tags.get('sp')) ?? tags.get('p') ?? ''
  return {
    state: /^(?:none|quarantine|reject)$/i.test(policy) ? 'good' : 'broken',
    record,
    at: step.at,
    policy: policy.toLowerCase(),
    reports: /mailto:/i.test(tags.get('rua') ?? ''),
    hasPct: tags.has('pct'),
    strictDkim: tags.get('adkim')?.toLowerCase() === 's',
    strictSpf: tags.get('aspf')?.toLowerCase() === 's',
  }
}
