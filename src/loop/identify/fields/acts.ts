// What acts say of products and of values that only one lead may have, made fit before anybody is named.
import type { Ctx } from '#kernel/ctx.ts'
import type { IdentifyAct } from '../acts.ts'
import { productKeys } from './columns.ts'
import { keysOf } from './products.ts'
import { selectProducts } from './queries.ts'
import { dropHeld } from './service.ts'

/** Names of products become their keys; forms and files add them, hands and the API replace. Held unique values are left out. */
export async function fitActs(ctx: Ctx, acts: readonly IdentifyAct[]): Promise<readonly IdentifyAct[]> {
  return withoutHeld(ctx, await withProducts(ctx, acts))
}

async function withProducts(ctx: Ctx, acts: readonly IdentifyAct[]): Promise<readonly IdentifyAct[]> {
  if (!acts.some((act) => act.products?.length || act.fields?.products?.trim())) return acts
  const products = await selectProducts(ctx.db)
  return acts.map((act) => {
    const { products: typed, ...fields } = act.fields ?? {}
    const told = keysOf(products, productKeys(typed ?? ''))
    const added = keysOf(products, act.products ?? [])
    if (typed === undefined) return added.length ? { ...act, products: added } : act
    const adds = act.route === 'form' || act.route === 'import' || act.onlyEmpty === true
    if (adds) return { ...act, fields, products: [...told, ...added] }
    return { ...act, fields: { ...fields, products: told.join('、') }, products: added }
  })
}

async function withoutHeld(ctx: Ctx, acts: readonly IdentifyAct[]): Promise<readonly IdentifyAct[]> {
  if (!acts.some((act) => act.attrs && Object.keys(act.attrs).length)) return acts
  const attrs = await dropHeld(
    ctx,
    acts.map((act) => act.attrs ?? {}),
  )
  return acts.map((act, index) => (act.attrs ? { ...act, attrs: attrs[index] ?? {} } : act))
}

/** A text of products as a colleague typed it, as keys; names of nothing are refused by their absence. */
export async function fitProducts(ctx: Ctx, text: string | undefined): Promise<string | undefined> {
  if (text === undefined || text.trim() === '') return text
  return keysOf(await selectProducts(ctx.db), productKeys(text)).join('、')
}
