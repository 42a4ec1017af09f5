// The small list of products that people may be interested in (CRM-19).
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Choice } from '../vocabulary.ts'
import { productKeys } from './columns.ts'
import { countInterested, insertProduct, type ProductRow, selectProducts, updateProduct } from './queries.ts'

/** All products with the number of leads interested in each. */
export async function listProducts(ctx: Ctx) {
  const [rows, people] = [await selectProducts(ctx.db), await countInterested(ctx.db)]
  return {
    items: rows.map((row) => ({
      key: row.key,
      ja: row.ja,
      en: row.en,
      pageGroups: row.page_groups,
      archived: row.archived_at !== null,
      people: people.get(row.key) ?? 0,
    })),
  }
}

/** The products as options, archived ones marked: their values stay with people. */
export async function productOptions(ctx: Ctx): Promise<(Choice & { archived?: boolean })[]> {
  return (await selectProducts(ctx.db)).map((row) => ({
    value: row.key,
    ja: row.ja,
    en: row.en,
    ...(row.archived_at ? { archived: true } : {}),
  }))
}

/** Adds a product; its key is its first name unless one is given, without the marks that part keys. @throws Refusal `product.taken` */
export async function addProduct(
  ctx: Ctx,
  input: { ja: string; en: string; pageGroups: readonly string[]; key?: string },
): Promise<{ key: string }> {
  const key = productKeys(input.key ?? input.ja).join(' ')
  const made =
    key !== '' &&
    (await insertProduct(ctx.db, {
      key,
      ja: input.ja,
      en: input.en,
      page_groups: [...input.pageGroups],
      position: (await selectProducts(ctx.db)).length,
      created_at: ctx.now,
      archived_at: null,
    }))
  if (!made) refuse('conflict', 'product.taken', { message: 'この製品はすでにあります / This product exists already.', field: 'ja' })
  return { key }
}

/** Changes words, page groups or place of a product, or archives it. */
export async function changeProduct(
  ctx: Ctx,
  input: {
    key: string
    ja?: string | undefined
    en?: string | undefined
    pageGroups?: readonly string[] | undefined
    archived?: boolean | undefined
    position?: number | undefined
  },
): Promise<{ ok: true }> {
  const change = {
    ...(input.ja === undefined ? {} : { ja: input.ja }),
    ...(input.en === undefined ? {} : { en: input.en }),
    ...(input.pageGroups === undefined ? {} : { page_groups: [...input.pageGroups] }),
    ...(input.position === undefined ? {} : { position: input.position }),
    ...(input.archived === undefined ? {} : { archived_at: input.archived ? ctx.now : null }),
  }
  if (Object.keys(change).length && !(await updateProduct(ctx.db, input.key, change)))
    refuse('missing', 'product.unknown', { message: '製品が見つかりません / There is no such product.' })
  return { ok: true }
}

/** The keys that names mean, in either language; names of nothing are left out. Pure over the list given. */
export function keysOf(products: readonly Pick<ProductRow, 'key' | 'ja' | 'en'>[], names: readonly string[]): string[] {
  const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
  const found = names.flatMap(
    (name) => products.find((one) => [one.key, one.ja, one.en].some((word) => plain(word) === plain(name)))?.key ?? [],
  )
  return [...new Set(found)]
}
