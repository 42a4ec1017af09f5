import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { findPerson } from '../leads/service.ts'
import type { LeadFile } from './contract.ts'
import { MOST_FILES } from './kinds/contract.ts'
import * as queries from './queries.ts'
import type { PersonFileRow } from './tables.ts'

interface One {
  readonly leadId: string
  readonly id: string
}

const missing = (): never =>
  refuse('missing', 'file.unknown', { message: 'ファイルが見つかりません / There is no such file.', field: 'id' })

const present = (row: PersonFileRow): LeadFile => ({
  leadId: row.person_id,
  id: row.id,
  name: row.name,
  extension: row.extension,
  size: row.size,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
})

export async function list(ctx: Ctx, input: { leadId: string }): Promise<{ items: LeadFile[] }> {
  const person = await findPerson(ctx, input.leadId)
  return { items: (await queries.listFiles(ctx.db, person, MOST_FILES)).map(present) }
}

/** Refuses one file too many. @throws Refusal `file.many` */
export async function mayAdd(ctx: Ctx, leadId: string): Promise<void> {
  const person = await findPerson(ctx, leadId)
  if ((await queries.listFiles(ctx.db, person, MOST_FILES)).length >= MOST_FILES)
    refuse('unprocessable', 'file.many', {
      message: `1人につき${MOST_FILES}件までです / A lead keeps ${MOST_FILES} files at most.`,
      field: 'file',
    })
}

/** Notes a file whose bytes are on the disk already. */
export async function keep(
  ctx: Ctx,
  input: { leadId: string } & Pick<PersonFileRow, 'name' | 'extension' | 'size' | 'sha256' | 'stored'>,
): Promise<LeadFile> {
  const person = await findPerson(ctx, input.leadId)
  const { name, extension, size, sha256, stored } = input
  const row: PersonFileRow = {
    ...{ bucket: person.bucket, person_id: person.id, id: ctx.id(), name, extension, size, sha256, stored },
    created_at: ctx.now,
    created_by: 'name' in ctx.actor ? ctx.actor.name : '',
    removed_at: null,
    origin_person_id: null,
  }
  await queries.insertFile(ctx.db, row)
  await announce(ctx, 'files', { ids: [person.id] })
  return present(row)
}

/** The row of a file that stands. @throws Refusal `file.unknown` */
export async function find(ctx: Ctx, input: One): Promise<PersonFileRow> {
  const row = await queries.findFile(ctx.db, await findPerson(ctx, input.leadId), input.id)
  return row && !row.removed_at ? row : missing()
}

export async function remove(ctx: Ctx, input: One): Promise<{ removed: boolean }> {
  const person = await findPerson(ctx, input.leadId)
  const removed = await queries.setRemoved(ctx.db, person, input.id, ctx.now)
  await announce(ctx, 'files', { ids: [person.id] })
  return { removed }
}

export async function restore(ctx: Ctx, input: One): Promise<{ restored: boolean }> {
  const person = await findPerson(ctx, input.leadId)
  const restored = await queries.setRemoved(ctx.db, person, input.id, null)
  await announce(ctx, 'files', { ids: [person.id] })
  return { restored }
}
