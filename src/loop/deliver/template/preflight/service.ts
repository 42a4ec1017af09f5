// Looks at a draft before it goes out: what its charset cannot carry, and which of its links lead nowhere.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { pageAudience, sizeOfAudience } from '../../newsletter/audience.queries.ts'
import { ownContext, sharedContext } from '../../sender/context.ts'
import { loadRecipients } from '../../sender/queries.ts'
import { type Outfit, outfit } from '../../sender/settings.ts'
import { loadFacts, spokenIn } from '../factFields.ts'
import type { Falling, templateCheckContract } from './contract.ts'
import { fallingOf, fieldsOf, findingsOf, mendedDraft } from './decide.ts'
import { addressesOf, BROKEN, told } from './links.ts'
import type { LinkAnswer } from './port.ts'
import { pageLeads } from './queries.ts'

type Ask<K extends keyof typeof templateCheckContract> = InputOf<(typeof templateCheckContract)[K]>

/** What ISO-2022-JP would make of a draft, whatever charset it goes out in now. */
export async function charset(door: Door, { draft, audience }: Ask<'charset'>) {
  const worn = await door.read(outfit)
  const findings = findingsOf(draft, senderWords(worn))
  const wanted = draft.charset ?? worn.charset
  return {
    wanted,
    sentAs: wanted === 'iso-2022-jp' && !findings.some((one) => one.kind === 'lost') ? wanted : ('utf-8' as const),
    findings,
    mended: mendedDraft(draft),
    people: audience ? await lookAtPeople(door, worn, fieldsOf(draft), audience) : null,
  }
}

/** What a mail says of its sender, apart from the words of the draft. */
function senderWords({ frame }: Outfit): string[] {
  const { sender } = sharedContext(frame) as { readonly sender: Readonly<Record<string, string>> }
  return Object.values(sender)
}

const PAGE = 1_000
const MOST_LOOKED = 20_000
const MOST_SHOWN = 50
const NONE: ReadonlySet<string> = new Set()

/** In pages, each in a transaction of its own: a large list holds nothing open. */
async function lookAtPeople(door: Door, worn: Outfit, fields: readonly string[], audience: NonNullable<Ask<'charset'>['audience']>) {
  const items: Falling[] = []
  let looked = 0
  let falling = 0
  let after: Subject | null = null
  const size = audience === 'leads' ? null : await door.read((ctx) => sizeOfAudience(ctx.db, audience.include))
  for (;;) {
    const { page, fell } = await door.read((ctx) => lookAtPage(ctx, worn, fields, { of: audience, size, after }))
    looked += page.length
    falling += fell.length
    items.push(...fell.slice(0, MOST_SHOWN - items.length))
    after = page.at(-1) ?? null
    const isFull = page.length === PAGE
    if (!isFull || looked >= MOST_LOOKED) return { looked, more: isFull, falling, items }
  }
}

async function lookAtPage(
  ctx: Ctx,
  worn: Outfit,
  fields: readonly string[],
  { of, size, after }: { of: NonNullable<Ask<'charset'>['audience']>; size: number | null; after: Subject | null },
): Promise<{ page: Subject[]; fell: Falling[] }> {
  const page = of === 'leads' ? await pageLeads(ctx.db, after, PAGE) : await pageAudience(ctx.db, { ...of, after, limit: PAGE, size })
  const people = await loadRecipients(
    ctx.db,
    page.map(({ bucket, id }) => ({ bucket, person_id: id })),
    ctx.now,
  )
  const facts = await loadFacts(ctx, spokenIn(...fields), page, worn.frame.language)
  const fell = [...people.values()].flatMap((one) => {
    const context = ownContext(worn.frame, one, { token: null, purpose: 'marketing', segments: NONE, facts: facts.get(one.id) })
    const name = [one.family_name, one.given_name].filter(Boolean).join(' ')
    return fallingOf({ id: one.id, name, company: one.company_name ?? '', context }, fields) ?? []
  })
  return { page, fell }
}

const MOST_LINKS = 60
const AT_ONCE = 6

/** Asks each address of a draft once, six at a time, outside of any transaction. */
export async function links(door: Door, { draft }: Ask<'links'>) {
  const probe = door.house.ports.linkProbe
  if (!probe) return refuse('unavailable', 'links.port', { message: 'Links cannot be asked from here.' })
  const addresses = addressesOf(draft)
  const answers = new Map<string, LinkAnswer>()
  const queue = addresses.slice(0, MOST_LINKS)
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) answers.set(next.url, await probe(door.house, next.url))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const items = addresses.map((address) => told(address, answers.get(address.url) ?? null))
  return { items, broken: items.filter((one) => BROKEN.has(one.fate)).length }
}
