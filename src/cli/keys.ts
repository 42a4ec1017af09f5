import { parseArgs } from 'node:util'
import { record } from '#access/audit/service.ts'
import { create } from '#access/keys/service.ts'
import { SCOPES, type Scope } from '#access/vocabulary.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'

/**
 * `keys create --name N --scope admin[,read …]`: makes an API key.
 * @param args what follows `keys` on the command line
 * @returns the line for stdout: the key and nothing else, so that scripts can catch it
 * @throws Refusal invalid for any other words
 */
export async function keysCommand(house: House, args: readonly string[]): Promise<string> {
  const { name, scopes } = readArgs(args)
  return withTx(house, { kind: 'system', name: 'cli' }, async (ctx) => {
    const { id, key } = await create(ctx, { name, scopes })
    await record(ctx, { action: 'keys.create', subjectKind: 'keys', subjectId: id, detail: { name, scopes } })
    return key
  })
}

const USAGE = `Usage: keys create --name <name> --scope <${SCOPES.join('|')}>`

function readArgs(args: readonly string[]): { name: string; scopes: Scope[] } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { name: { type: 'string' }, scope: { type: 'string', multiple: true } },
    allowPositionals: true,
    strict: false,
  })
  const name = typeof values.name === 'string' ? values.name.trim() : ''
  const asked = (values.scope ?? []).flatMap((word) => String(word).split(','))
  const scopes = SCOPES.filter((scope) => asked.includes(scope))
  if (positionals[0] !== 'create' || name === '' || scopes.length === 0 || scopes.length !== new Set(asked).size) {
    refuse('invalid', 'keys.usage', { message: USAGE })
  }
  return { name, scopes }
}
