// A newsletter before it goes: to colleagues and named addresses, as one lead would read it. It makes no delivery, so nothing counts it.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { Refusal, refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { testSend } from '../sender/service.ts'
import type { Draft } from '../template/contract.ts'
import { load, renderDraft } from '../template/service.ts'
import { whoOf } from './approval.ts'
import type { newslettersContract } from './contract.ts'
import { addressesOf, keepRehearsal } from './queries.ts'
import { draftOf } from './trial/service.ts'

type Ask = InputOf<(typeof newslettersContract)['rehearse']>

interface Words {
  readonly draft: Draft
  readonly arm?: 'A' | 'B'
  readonly senderName?: string | null
}

/** One test mail to each, two where a test of two is asked for; who could not be sent one is named with the reason. That it was done is kept, to whom is not. */
export async function rehearse(door: Door, input: Ask): Promise<{ items: { to: string; ok: boolean; reply: string }[] }> {
  const { template, words, own } = await door.read(async (ctx) => {
    const template = await load(ctx, input.templateId)
    return { template, words: await wordsOf(ctx, template.draft, input.test), own: await addressesOf(ctx.db, input.colleagues) }
  })
  const readers = [...new Set([...own, ...input.addresses.map((one) => one.toLowerCase())])]
  if (!readers.length)
    refuse('invalid', 'newsletter.nobody', { message: '宛先を選んでください / Choose somebody to send it to.', field: 'addresses' })
  // Both are drawn up before the first goes: nobody is left with an A whose B cannot be written.
  if (words.length > 1) for (const { draft } of words) await renderDraft(door, { draft, personId: input.personId })
  const items: { to: string; ok: boolean; reply: string }[] = []
  for (const to of readers)
    for (const one of words) {
      const answer = await sendOne(door, input, one, to)
      items.push({ to, ...answer })
      // Who may not get A may not get B: said once.
      if (!answer.ok) break
    }
  const sent = new Set(items.filter(({ ok }) => ok).map(({ to }) => to)).size
  if (sent)
    await door.tx((ctx) =>
      keepRehearsal(ctx.db, { id: ctx.id(), templateId: template.id, versionId: template.version_id, sent, madeBy: whoOf(ctx) }, ctx.now),
    )
  return { items }
}

/** A alone, or A and the B that would be sent. A test of hours has the same words in both. */
async function wordsOf(ctx: Ctx, draft: Draft, test: Ask['test']): Promise<Words[]> {
  if (!test || test.on === 'time') return [{ draft }]
  const other = test.on === 'body' ? (await load(ctx, test.templateId ?? '')).draft : draftOf(draft, test)
  return [
    { draft, arm: 'A' },
    { draft: other, arm: 'B', senderName: test.on === 'sender' ? (test.senderName ?? null) : null },
  ]
}

/** What one address may not get says so and holds up nobody else. */
async function sendOne(door: Door, input: Ask, words: Words, to: string) {
  try {
    return await testSend(door, { ...words, to, sender: input.sender ?? null, ...(input.personId ? { personId: input.personId } : {}) })
  } catch (error) {
    if (error instanceof Refusal && ONE.has(error.code)) return { ok: false, reply: error.message }
    throw error
  }
}

/** Refusals that are about one address alone. */
const ONE: ReadonlySet<string> = new Set(['mail.suppressed', 'mail.noGround', 'mail.malformed'])
