import { Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type client } from '../api.ts'
import { useWords } from '../words/words.tsx'

type Row = Pick<Awaited<ReturnType<typeof client.leads.list>>['items'][number], 'id' | 'familyName' | 'givenName' | 'companyName' | 'mail'>

interface Props extends Pick<SelectProps, 'label' | 'placeholder' | 'required' | 'size' | 'w' | 'aria-label' | 'error'> {
  value: string | null
  onChange: (id: string | null) => void
}

/** Finds a lead by typing; `value` may be a lead that is not among the found ones. */
export function LeadPicker({ value, onChange, ...look }: Props) {
  const t = useWords('sales')
  const [text, setText] = useState('')
  const [q] = useDebouncedValue(text, 200)
  const found = useQuery(api.leads.list.queryOptions({ input: { limit: 20, ...(q.trim() ? { q: q.trim() } : {}) } }))
  const chosen = useQuery({ ...api.leads.get.queryOptions({ input: { id: value ?? '' } }), enabled: value !== null })
  const rows: Row[] = [...(chosen.data && value ? [chosen.data] : []), ...(found.data?.items ?? [])]
  const data = [...new Map(rows.map((row) => [row.id, { value: row.id, label: labelOf(row) }])).values()]
  return (
    <Select
      label={t('lead')}
      placeholder={t('findLead')}
      required
      searchable
      clearable
      value={value}
      onChange={onChange}
      onSearchChange={setText}
      data={data}
      // The server has searched already, by kana and address too.
      filter={({ options }) => options}
      nothingFoundMessage={found.isPending ? '…' : t('noLead')}
      {...look}
    />
  )
}

const labelOf = (row: Row) =>
  [[row.familyName, row.givenName].filter(Boolean).join(' ') || row.mail, row.companyName].filter(Boolean).join(' ・ ')
