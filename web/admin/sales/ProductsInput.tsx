import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { useLanguage, useWords } from '../words/words.tsx'

/** The products a deal is about; archived ones stay with deals that have them. */
export function ProductsInput({ held, ...input }: { held: readonly string[] } & Record<string, unknown>) {
  const t = useWords('sales')
  const { language } = useLanguage()
  const products = useQuery(api.fields.products.queryOptions({ input: {} }))
  const items = (products.data?.items ?? []).filter((one) => !one.archived || held.includes(one.key))
  const known = new Set(items.map((one) => one.key))
  const data = [
    ...items.map((one) => ({ value: one.key, label: one[language] || one.ja })),
    ...held.filter((key) => !known.has(key)).map((key) => ({ value: key, label: key })),
  ]
  if (!data.length) return null
  return <MultiSelect label={t('dealProducts')} searchable clearable data={data} {...input} />
}
