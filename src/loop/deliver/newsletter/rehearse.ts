// A newsletter before it goes: to colleagues and named addresses, as one lead would read it. It makes no delivery, so nothing counts it.
import type { InputOf } from '#kernel/endpoint.ts'
import { Refusal, refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { testSend } from '../sender/service.ts'
import { load } from '../template/service.ts'
import { whoOf } from './approval.ts'
import type { newslettersContract } from './contract.ts'
import { addressesOf, keepRehearsal } from './queries.ts'

type Ask = InputOf<(typeof newslettersContract)['rehearse']>

/** One test mail to each; who could not be sent one is named with the reason. That it was done is kept, to whom is not. */
export async function rehearse(door: Door, input: Ask): Promise<{ items: { to: string; ok: boolean; reply: string }[] }> {
  const { template, own } = await door.read(async (ctx) => ({
    template: await load(ctx, input.templateId),
    own: await addressesOf(ctx.db, input.colleagues),
  }))
  const readers = [...new Set([...own, ...input.addresses.map((one) => one.toLowerCase())])]
  if (!readers.length)
    refuse('invalid', 'newsletter.nobody', { message: '宛先を選んでください / Choose somebody to send it to.', field: 'addresses' })
  const items: { to: string; ok: boolean; reply: string }[] = []
  for (const to of readers) items.push({ to, ...(await sendOne(door, input, template.draft, to)) })
  const sent = items.filter(({ ok }) => ok).length
  if (sent)
    await door.tx((ctx) =>
      keepRehearsal(ctx.db, { id: ctx.id(), templateId: template.id, versionId: template.version_id, sent, madeBy: whoOf(ctx) }, ctx.now),
    )
  return { items }
}

/** What one address may not get says so and holds up nobody else. */
async function sendOne(door: Door, input: Ask, draft: Parameters<typeof testSend>[1]['draft'], to: string) {
  try {
    return await testSend(door, { draft, to, sender: input.sender ?? null, ...(input.personId ? { personId: input.personId } : {}) })
  } catch (error) {
    if (error instanceof Refusal && ONE.has(error.code)) return { ok: false, reply: error.message }
    throw error
  }
}

/** Refusals that are about one address alone. */
const ONE: ReadonlySet<string> = new Set(['mail.suppressed', 'mail.noGround', 'mail.malformed'])
