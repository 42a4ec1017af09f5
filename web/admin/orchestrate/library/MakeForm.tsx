import { Button, Select, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Chosen, LibraryItem } from '#loop/orchestrate/library/contract.ts'
import { again, api, client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useLanguage, useWords } from '../../words/words.tsx'
import type { Choice, Names } from '../useNames.ts'
import { BLANK } from './icons.ts'

/** What is asked before a scenario is made: its name, and what lets people in. */
export function MakeForm({ item, link, names }: { item: LibraryItem | undefined; link: string; names: Names }) {
  const t = useWords('library')
  const o = useWords('orchestrate')
  const { language } = useLanguage()
  const navigate = useNavigate()
  const asks = (what: LibraryItem['asks'][number]): boolean => item?.asks.includes(what) ?? false
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Chosen>(asks('form') ? { form: 'new' } : {})
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const set = (change: Chosen) => setChosen({ ...chosen, ...change })
  const fallback = item?.name ?? o('title')
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value)) as Chosen
    try {
      const made = await client.scenarios.create({ ...given, name: name.trim() || fallback, starter: item?.id ?? BLANK, language })
      await again(api.scenarios.list.key(), api.templates.key(), api.segments.key(), api.forms.key(), api.scores.key())
      await navigate({ to: `/scenarios/${made.id}` as string })
    } catch (error) {
      setFailed(error)
      setBusy(false)
    }
  }
  const forms = item?.form ? [{ value: 'new', label: t('formNew', { name: item.form.name }) }, ...names.forms] : names.forms
  return (
    <form onSubmit={(event) => void send(event)} className="sl-make">
      <div className="sl-asks">
        <TextInput
          label={o('name')}
          placeholder={fallback}
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {asks('form') && <Ask label={t('form')} data={forms} value={chosen.form} onChange={(form) => set({ form })} />}
        {asks('segment') && (
          <Ask label={t('segment')} data={names.segments} value={chosen.segment} onChange={(segment) => set({ segment })} />
        )}
        {asks('product') && (
          <Ask label={t('product')} data={names.products} value={chosen.product} onChange={(product) => set({ product })} />
        )}
        {asks('link') && (
          <TextInput
            label={t('link')}
            placeholder={link}
            type="url"
            value={chosen.link ?? ''}
            onChange={(event) => set({ link: event.currentTarget.value })}
          />
        )}
      </div>
      <ErrorNote error={failed} />
      <div className="sl-foot">
        <span className="muted">{t('draftOnly')}</span>
        <Button type="submit" loading={busy}>
          {t('make')}
        </Button>
      </div>
    </form>
  )
}

interface AskProps {
  readonly label: string
  readonly data: readonly Choice[]
  readonly value: string | undefined
  readonly onChange: (to: string | undefined) => void
}

function Ask({ label, data, value, onChange }: AskProps) {
  const t = useWords('library')
  return (
    <Select
      label={label}
      data={data.map((one) => ({ value: one.value, label: one.label }))}
      value={value ?? null}
      placeholder={t('later')}
      clearable
      searchable
      onChange={(to) => onChange(to ?? undefined)}
    />
  )
}
