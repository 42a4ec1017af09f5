// One scenario as a file people can read, send and keep: YAML (https://yaml.org/spec/1.2.2/), what it refers to by name.
import { isMap, isScalar, parseDocument, stringify } from 'yaml'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { JsonObject } from '#kernel/json.ts'
import { graph } from '#loop/orchestrate/graph/contract.ts'
import { scenariosSetup } from '#loop/orchestrate/setup.ts'
import { readJson } from '../server/json.ts'
import { emptied, readable, slugOf, withIds, withRefs } from './decide.ts'
import { known } from './service.ts'

const HEAD = ` Hagukumi のシナリオ。「シナリオ > テキストから」で読み込むと、下書きになります。
 A scenario of Hagukumi. Read in under "Scenarios > From text" it becomes a draft.
 "@segments/…" などはこの会社の別の設定の名前です。Webhook の URL は書き出されません。
 "@segments/…" and the like name other things of the company's set-up. Addresses of webhooks are left out.`

/** @throws Refusal `scenario.unknown` */
export async function readScenario(ctx: Ctx, { id }: { id: string }): Promise<{ fileName: string; text: string }> {
  const { refs } = await known(ctx)
  const found = (await scenariosSetup.read(ctx)).find((each) => each.id === id)
  if (!found) refuse('missing', 'scenario.unknown', { message: 'このシナリオはありません / There is no such scenario.' })
  const text = stringify(readable(withRefs(found.value, refs)), { lineWidth: 110, aliasDuplicateObjects: false })
  const head = HEAD.split('\n')
    .map((line) => `#${line}`)
    .join('\n')
  return { fileName: `${slugOf(found.name)}.scenario.yaml`, text: `${head}\n${text}` }
}

/**
 * Makes a draft of a text. A reference that leads nowhere in this company is left empty, so that the editor shows where something is missing.
 * @throws Refusal `scenario.text` with the line (not YAML) or the path (no scenario)
 */
export async function writeScenario(ctx: Ctx, { text }: { text: string }): Promise<{ id: string; name: string; missing: string[] }> {
  const given = parse(text)
  const { ids } = await known(ctx)
  const found = withIds(given, ids)
  const value = emptied(found.value, new Set(found.missing))
  const name = typeof value.name === 'string' && value.name.trim() ? value.name.trim().slice(0, 120) : 'シナリオ'
  const read = graph.safeParse(value.graph)
  if (!read.success) {
    const errors = read.error.issues.slice(0, 20).map((issue) => ({ field: ['graph', ...issue.path].join('.'), reason: issue.message }))
    refuse('invalid', 'scenario.text', {
      message: `シナリオとして読めません / This is no scenario: ${errors[0]?.field} ${errors[0]?.reason}`,
      errors,
    })
  }
  const id = await scenariosSetup.write(ctx, { id: null, name, value: { name, graph: read.data } as unknown as JsonObject }, undefined)
  return { id, name, missing: found.missing }
}

/** YAML without what makes it dangerous: no aliases (they can unfold without end), no types of its own, no key that reaches a prototype. */
function parse(text: string): JsonObject {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, prettyErrors: true })
  const [error] = document.errors
  if (error)
    refuse('invalid', 'scenario.text', {
      message: `YAML として読めません / This is not YAML: ${error.message.slice(0, 300)}`,
      field: 'text',
    })
  let value: unknown
  try {
    value = readJson(JSON.stringify(document.toJS({ maxAliasCount: 0 })) ?? '')
  } catch (error) {
    refuse('invalid', 'scenario.text', {
      message: `読み込めません / This cannot be read: ${(error as Error).message.slice(0, 300)}`,
      field: 'text',
    })
  }
  if (!isMap(document.contents) || isScalar(value) || value === null || typeof value !== 'object')
    refuse('invalid', 'scenario.text', { message: 'シナリオではありません / This is no scenario.', field: 'text' })
  return value as JsonObject
}
