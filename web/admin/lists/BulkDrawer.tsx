import { Select, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Act } from './useBulk.ts'

export type DrawerKind = 'tags' | 'interest' | 'field' | 'campaign' | 'scenario'

/** What a change to many needs to be told. */
export function BulkDrawer({ kind, onClose, onAct }: { kind: DrawerKind; onClose: () => void; onAct: (act: Act) => Promise<void> }) {
  const l = useWords('lists')
  const [act, setAct] = useState<Act | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (e: React.FormEvent) => {
    e.preventDefault()
    if (!act) return
    setBusy(true)
    await onAct(act)
    onClose()
  }
  return (
    <FormDrawer opened onClose={onClose} title={l(`acts.${kind}`)} verb={l('apply')} busy={busy} onSubmit={(e) => void submit(e)}>
      {(kind === 'tags' || kind === 'interest') && <Words kind={kind} onChange={setAct} />}
      {kind === 'field' && <Field onChange={setAct} />}
      {kind === 'campaign' && <Campaign onChange={setAct} />}
      {kind === 'scenario' && <Scenario onChange={setAct} />}
    </FormDrawer>
  )
}

type Change = { onChange: (act: Act | null) => void }

function Words({ kind, onChange }: Change & { kind: 'tags' | 'interest' }) {
  const l = useWords('lists')
  const t = useWords('identify')
  const [words, setWords] = useState<{ add: string[]; remove: string[] }>({ add: [], remove: [] })
  const set = (to: Partial<typeof words>) => {
    const next = { ...words, ...to }
    setWords(next)
    onChange(next.add.length || next.remove.length ? { kind, ...next } : null)
  }
  return (
    <>
      <TagsInput
        label={l('add')}
        description={t('tagsHint')}
        value={words.add}
        maxTags={50}
        data-autofocus
        onChange={(add) => set({ add })}
      />
      <TagsInput label={l('remove')} value={words.remove} maxTags={50} onChange={(remove) => set({ remove })} />
    </>
  )
}

/** Fields that can be one value for many: addresses and phones belong to one person each. */
const APART: ReadonlySet<string> = new Set(['mail', 'phone', 'contactMail'])

function Field({ onChange }: Change) {
  const l = useWords('lists')
  const { language } = useLanguage()
  const fields = useQuery({ ...api.fields.list.queryOptions({ input: {} }), staleTime: 300_000 })
  const [key, setKey] = useState<string | null>(null)
  const [value, setValue] = useState('')
  const items = (fields.data?.items ?? []).filter((field) => !APART.has(field.key))
  const field = items.find((one) => one.key === key)
  const set = (to: string) => {
    setValue(to)
    if (!field) return
    const list = field.type === 'multi' && to !== '' ? [to] : to
    onChange(
      field.custom ? { kind: 'attr', key: field.key, value: to === '' ? null : list } : { kind: 'field', field: field.key, value: to },
    )
  }
  const choose = (to: string | null) => {
    setKey(to)
    setValue('')
    const next = items.find((one) => one.key === to)
    onChange(next ? (next.custom ? { kind: 'attr', key: next.key, value: null } : { kind: 'field', field: next.key, value: '' }) : null)
  }
  return (
    <>
      <Select
        label={l('which')}
        placeholder={l('choose')}
        searchable
        required
        value={key}
        onChange={choose}
        data={items.map((one) => ({ value: one.key, label: one[language] }))}
      />
      {field && field.options.length > 0 && (
        <Select
          label={l('value')}
          description={l('valueHint')}
          clearable
          searchable
          value={value || null}
          onChange={(to) => set(to ?? '')}
          data={field.options.map((option) => ({ value: option.value, label: option[language] }))}
        />
      )}
      {field && field.options.length === 0 && (
        <TextInput
          label={l('value')}
          description={l('valueHint')}
          type={field.type === 'date' ? 'date' : field.type === 'number' || field.type === 'money' ? 'number' : 'text'}
          value={value}
          onChange={(e) => set(e.currentTarget.value)}
        />
      )}
    </>
  )
}

function Campaign({ onChange }: Change) {
  const l = useWords('lists')
  const list = useQuery(api.campaigns.list.queryOptions({ input: { limit: 200 } }))
  return (
    <Select
      label={l('campaign')}
      placeholder={l('choose')}
      searchable
      required
      onChange={(target) => onChange(target ? { kind: 'campaign', target } : null)}
      data={(list.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
    />
  )
}

function Scenario({ onChange }: Change) {
  const l = useWords('lists')
  const list = useQuery(api.scenarios.list.queryOptions({ input: {} as never }))
  const live = (list.data?.items ?? []).filter((one) => one.state === 'live')
  return (
    <Select
      label={l('scenario')}
      placeholder={l('choose')}
      searchable
      required
      onChange={(target) => onChange(target ? { kind: 'scenario', target } : null)}
      data={live.map((one) => ({ value: one.id, label: one.name }))}
    />
  )
}
