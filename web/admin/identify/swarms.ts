// Opens and clicks that no person made stand together, so that what people did is not buried under them.
import { EVIDENCE, type Evidence, VERDICTS, type Verdict } from '#loop/deliver/truth/evidence/contract.ts'

interface Told {
  readonly id: string
  readonly name: string
  readonly at: string
  readonly props: Readonly<Record<string, unknown>>
}

/** What is thought of a hit of a mail, and why. */
export interface Judged {
  readonly verdict: Verdict
  readonly because: readonly Evidence[]
  /** Probability of a person, 0–1; null where it was never said. */
  readonly likely: number | null
  readonly network: string
}

/** Hits of one mail with one verdict that came in a row, newest first. */
export interface Swarm<E extends Told> {
  readonly swarm: string
  readonly verdict: Exclude<Verdict, 'human'>
  readonly hits: readonly E[]
}

const HITS = ['mail.opened', 'mail.clicked']
const isVerdict = (value: unknown): value is Verdict => (VERDICTS as readonly unknown[]).includes(value)
const evidenceOf = (because: unknown): Evidence[] =>
  typeof because === 'string' ? because.split(' ').filter((one): one is Evidence => (EVIDENCE as readonly string[]).includes(one)) : []
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Who made a hit of a mail; null for any other event, and for hits of which nothing was ever said. */
export function judgedOf({ name, props }: Pick<Told, 'name' | 'props'>): Judged | null {
  if (!HITS.includes(name)) return null
  const verdict = isVerdict(props['verdict']) ? props['verdict'] : props['agent'] === 'machine' ? 'machine' : null
  if (!verdict) return null
  const likely = typeof props['likely'] === 'number' ? props['likely'] : null
  return { verdict, because: evidenceOf(props['because']), likely, network: textOf(props['network']) }
}

/** What a hit was taken for before and is taken for now; null for any other event. */
export function rejudgedOf({ name, props }: Pick<Told, 'name' | 'props'>): { from: Verdict; to: Verdict; because: Evidence[] } | null {
  const { from, to, because } = props
  return name === 'mail.rejudged' && isVerdict(from) && isVerdict(to) ? { from, to, because: evidenceOf(because) } : null
}

/** All that speaks in these hits, each once, in the order of the list. */
export function evidenceIn(hits: readonly Pick<Told, 'name' | 'props'>[]): Evidence[] {
  const found = new Set(hits.flatMap((hit) => judgedOf(hit)?.because ?? []))
  return EVIDENCE.filter((one) => found.has(one))
}

/** Hits in a row that no person made, one entry a mail and verdict; a single one and whatever else there is stay what they are. */
export function bySwarm<E extends Told, O>(list: readonly (E | O)[], isEvent: (one: E | O) => one is E): (E | O | Swarm<E>)[] {
  const shown: (E | O | Swarm<E>)[] = []
  let run = new Map<string, { verdict: Swarm<E>['verdict']; hits: E[] }>()
  const close = () => {
    for (const { verdict, hits } of run.values()) {
      const first = hits[0] as E
      shown.push(hits.length > 1 ? { swarm: first.id, verdict, hits } : first)
    }
    run = new Map()
  }
  for (const one of list) {
    const verdict = isEvent(one) ? judgedOf(one)?.verdict : undefined
    if (!isEvent(one) || verdict === undefined || verdict === 'human') {
      close()
      shown.push(one)
      continue
    }
    const key = `${textOf(one.props['delivery']) || one.id} ${verdict}`
    const known = run.get(key)
    if (known) known.hits.push(one)
    else run.set(key, { verdict, hits: [one] })
  }
  close()
  return shown
}

export const isSwarm = <E extends Told>(one: object): one is Swarm<E> => 'swarm' in one
