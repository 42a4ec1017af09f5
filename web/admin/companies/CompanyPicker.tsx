import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { useWords } from '../words/words.tsx'

/** Finds a company by typing; `but` is left out. */
export function CompanyPicker({ value, onChange, but }: { value: string | null; onChange: (id: string | null) => void; but?: string }) {
  const t = useWords('companies')
  const [text, setText] = useState('')
  const [q] = useDebouncedValue(text, 200)
  const found = useQuery(api.companies.list.queryOptions({ input: { limit: 20, sort: 'people', ...(q.trim() ? { q: q.trim() } : {}) } }))
  const rows = (found.data?.items ?? []).filter((row) => row.id !== but)
  return (
    <Select
      label={t('pick')}
      placeholder={t('find')}
      searchable
      clearable
      data-autofocus
      value={value}
      onChange={onChange}
      onSearchChange={setText}
      data={rows.map((row) => ({
        value: row.id,
        label: [row.name, row.domains[0] ?? row.prefecture, t('peopleN', { n: row.people })].filter(Boolean).join(' ・ '),
      }))}
      // The server has searched already, by kana, alias and number too.
      filter={({ options }) => options}
      nothingFoundMessage={found.isPending ? '…' : t('findNone')}
    />
  )
}
