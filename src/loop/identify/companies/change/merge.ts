// Two companies become one, and can become two again; and a human's word on proposals.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { lockPeople } from '../../queries.ts'
import type { companiesContract } from '../contract.ts'
import { mergedCompany, revertedCompany } from '../decide.ts'
import { findCompany } from '../heir.ts'
import { markCompanies, namesOfNew, newCompany, settledCompany } from '../making/service.ts'
import { joinCompanies, leaveCompanies } from '../matching/service.ts'
import { nameKeys } from '../names.ts'
import * as all from '../queries.ts'
import type { CompanyCandidateTable } from '../tables.ts'
import * as queries from './queries.ts'
import { actorName, lookAgain } from './service.ts'

type Api = typeof companiesContract

/** People, domains and names go to the keeper; its empty fields are filled. @throws Refusal when both have a 法人番号, and not the same */
export async function merge(ctx: Ctx, input: InputOf<Api['merge']>): Promise<{ merge: string; moved: number }> {
  const ids = [(await findCompany(ctx, input.id)).id, (await findCompany(ctx, input.lose)).id] as const
  if (ids[0] === ids[1])
    refuse('invalid', 'company.same', { message: 'これは同じ会社です / This is one and the same company.', field: 'lose' })
  const rows = await all.selectCompanies(ctx.db, ids, true)
  const [keep, lose] = [rows.get(ids[0]), rows.get(ids[1])]
  if (!keep || !lose || keep.merged_into || lose.merged_into)
    refuse('conflict', 'company.changed', { message: '他の人が先に変更しました / Somebody changed this meanwhile: reload.' })
  if (keep.corporate_number && lose.corporate_number && keep.corporate_number !== lose.corporate_number)
    refuse('conflict', 'company.numbersDiffer', {
      message:
        '法人番号が違うので別の法人です。一方の番号を消してから統合してください / Their corporate numbers differ: two legal entities. Clear one number first.',
      field: 'lose',
    })
  const people = await queries.everyoneOf(ctx.db, lose.id)
  await lockPeople(ctx.db, people)
  const doubled = await queries.takeDoubled(ctx.db, lose.id, keep.id)
  const moved = await queries.moveLinks(ctx.db, lose.id, keep.id, null)
  await queries.repointPeople(ctx.db, lose.id, keep.id, people)
  const names = await queries.moveNames(ctx.db, lose.id, keep.id)
  const { row, changes } = mergedCompany(keep, lose)
  // The loser first: its 法人番号 must be free before the keeper takes it.
  await all.updateCompany(ctx.db, { ...lose, merged_into: keep.id }, ctx.now)
  await all.updateCompany(ctx.db, settledCompany(row), ctx.now)
  await all.setNameKeys(ctx.db, [{ companyId: keep.id, keys: [...new Set([...nameKeys(row), ...names.keys])] }])
  await all.closeCandidatesOf(ctx.db, lose.id, ctx.now)
  const id = ctx.id()
  await queries.insertMerge(ctx.db, {
    id,
    keep_id: keep.id,
    lose_id: lose.id,
    at: ctx.now,
    actor: actorName(ctx),
    taken: { people: moved, doubled, ...names, changes },
  })
  await markCompanies(ctx, [keep.id, lose.id], ['people', 'merged'])
  await announce(ctx, 'companies', { ids: [keep.id, lose.id] })
  return { merge: id, moved: moved.length + doubled.length }
}

/** The two are two again: exactly those go back who came, as far as they are still there. */
export async function undoMerge(ctx: Ctx, input: InputOf<Api['undoMerge']>): Promise<{ keep: string; released: string }> {
  const found = await queries.findMerge(ctx.db, input.id)
  if (!found || found.undone_at)
    refuse('missing', 'company.merge', { message: 'この統合は取り消せません / There is no such merge to undo.' })
  const rows = await all.selectCompanies(ctx.db, [found.keep_id, found.lose_id], true)
  const [keep, lose] = [rows.get(found.keep_id), rows.get(found.lose_id)]
  if (!keep || !lose || keep.merged_into || lose.merged_into !== keep.id)
    refuse('conflict', 'company.mergedOn', {
      message: '統合先がさらに統合されています。先にそちらを取り消してください / The keeper was merged on: undo that first.',
    })
  const taken = found.taken as unknown as queries.Taken
  const people = distinctSubjects([...taken.people, ...taken.doubled.map((one) => one.person_id)].map(subjectOf))
  await lockPeople(ctx.db, people)
  const moved = await queries.moveLinks(ctx.db, keep.id, lose.id, taken.people.map(subjectOf))
  const openAtLoser = taken.doubled.filter((one) => one.until === null).map((one) => one.person_id)
  await queries.repointPeople(ctx.db, keep.id, lose.id, distinctSubjects([...moved, ...openAtLoser].map(subjectOf)))
  await queries.restoreLinks(ctx.db, keep.id, lose.id, taken.doubled)
  await queries.returnDomains(ctx.db, keep.id, lose.id, taken.domains)
  const row = settledCompany(revertedCompany(keep, taken.changes))
  // The keeper first: it gives the 法人番号 back that it took.
  await all.updateCompany(ctx.db, row, ctx.now)
  await all.updateCompany(ctx.db, { ...lose, merged_into: null }, ctx.now)
  await all.setNameKeys(ctx.db, [
    { companyId: keep.id, keys: nameKeys(row) },
    { companyId: lose.id, keys: nameKeys(lose) },
  ])
  await queries.closeMerge(ctx.db, found.id, ctx.now, actorName(ctx))
  await markCompanies(ctx, [keep.id, lose.id], ['people', 'merged'])
  await announce(ctx, 'companies', { ids: [keep.id, lose.id] })
  return { keep: keep.id, released: lose.id }
}

/** People who came to a company just while it went into another follow it there. */
export async function forwardMerged(ctx: Ctx, ids: readonly string[]): Promise<void> {
  const rows = await all.selectCompanies(ctx.db, ids)
  for (const row of rows.values()) {
    if (!row.merged_into) continue
    const people = await queries.everyoneOf(ctx.db, row.id)
    if (!people.length) continue
    const heir = (await findCompany(ctx, row.id)).id
    await lockPeople(ctx.db, people)
    await queries.takeDoubled(ctx.db, row.id, heir)
    await queries.moveLinks(ctx.db, row.id, heir, null)
    await queries.repointPeople(ctx.db, row.id, heir, people)
    await markCompanies(ctx, [heir], ['people'])
  }
}

const MOST_AT_ONCE = 5_000

/** A human's word on a proposal: link the leads of a name, make their company, or merge two. */
export async function settle(
  ctx: Ctx,
  input: InputOf<Api['settle']>,
): Promise<{ company: string | null; leads: number; merge: string | null }> {
  const candidate = await all.findCandidate(ctx.db, input.id)
  if (!candidate || candidate.settled_at)
    refuse('missing', 'company.candidate', { message: 'この候補は処理済みです / This proposal was settled already.' })
  await all.settleCandidate(ctx.db, candidate.id, { at: ctx.now, by: actorName(ctx), verdict: input.verdict })
  if (input.verdict === 'no') return { company: null, leads: 0, merge: null }
  if (candidate.kind === 'merge') return mergePair(ctx, candidate, input.keep)
  const company = candidate.company_id ? (await findCompany(ctx, candidate.company_id)).id : await companyNamed(ctx, candidate.name)
  const waiting = await all.proposedUnder(ctx.db, candidate.name_key, MOST_AT_ONCE)
  const people = [...(await lockPeople(ctx.db, waiting)).values()].filter((row) => row.company_id === null)
  await joinCompanies(
    ctx,
    people.map((row) => ({ row, companyId: company, by: 'name' })),
  )
  await announce(ctx, 'companies', { ids: [company] })
  return { company, leads: people.length, merge: null }
}

async function mergePair(ctx: Ctx, candidate: CompanyCandidateTable, keep: string | undefined) {
  const [a, b] = [candidate.company_id ?? '', candidate.other_id ?? '']
  const stays = keep ?? a
  if (stays !== a && stays !== b) refuse('invalid', 'company.keep', { message: 'Name one of the two.', field: 'keep' })
  const { merge: id, moved } = await merge(ctx, { id: stays, lose: stays === a ? b : a })
  return { company: stays, leads: moved, merge: id }
}

async function companyNamed(ctx: Ctx, name: string): Promise<string> {
  const row = newCompany(ctx.id(), name, ctx.now, actorName(ctx))
  await all.insertCompanies(ctx.db, [row])
  await namesOfNew(ctx, [row])
  return row.id
}

/** Takes back what was said of a proposal: people linked by it wait again. A merge is undone by itself. */
export async function reopen(ctx: Ctx, input: InputOf<Api['reopen']>): Promise<{ ok: true }> {
  const candidate = await all.findCandidate(ctx.db, input.id)
  if (!candidate?.settled_at) refuse('missing', 'company.candidate', { message: 'この候補は未処理です / This proposal is open.' })
  if (candidate.kind === 'merge' && candidate.verdict === 'yes')
    refuse('conflict', 'company.merge', { message: '統合は会社の画面から取り消してください / Undo the merge on the page of the company.' })
  if (candidate.verdict === 'yes') {
    const made = candidate.company_id ?? (await all.findByNameKeys(ctx.db, [candidate.name_key])).get(candidate.name_key)?.at(-1)
    const people = made ? await queries.linkedByName(ctx.db, made, candidate.settled_at) : []
    await lockPeople(ctx.db, people)
    await leaveCompanies(ctx, people)
    await lookAgain(ctx, people)
  }
  if (candidate.kind !== 'new' || candidate.verdict === 'no') await all.settleCandidate(ctx.db, candidate.id, null)
  await announce(ctx, 'companies', {})
  return { ok: true }
}
