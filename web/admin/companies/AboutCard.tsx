import { Anchor, Button, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { again, api, client } from '../api.ts'
import { type Field, sectionsOf, useFields, useFieldWords } from '../identify/fieldShow.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Pairs } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { type Company, companyValue } from './company.ts'

/** Shown even when empty: what is missing there should be seen. */
const ALWAYS = new Set(['corporateNumber', 'domains', 'industry', 'employeeBand', 'owner'])

/** What is known of a company itself, in the sections and order that were chosen for this page. */
export function AboutCard({ company }: { company: Company }) {
  const t = useWords('companies')
  const { language } = useLanguage()
  const words = useFieldWords()
  const { items, layout } = useFields('company')
  const sections = layout ? sectionsOf(layout, items, 'company') : []
  return sections.map((section, index) => {
    const rows = section.fields.flatMap((field) => {
      const text = words(field, companyValue(company, field))
      if (text === null && !(ALWAYS.has(field.key) && !field.custom)) return []
      return [[field[language], text === null ? null : <FieldValue key={field.key} company={company} field={field} text={text} />] as const]
    })
    if (!rows.length && index > 0) return null
    return (
      <Card key={section.id} title={index === 0 ? t('about') : section[language]}>
        <Pairs items={rows} />
      </Card>
    )
  })
}

function FieldValue({ company, field, text }: { company: Company; field: Field; text: string }) {
  if (field.type === 'url' && /^https?:/.test(text))
    return (
      <Anchor href={text} target="_blank" rel="noreferrer noopener" size="sm">
        {text.replace(/^https?:\/\//, '').replace(/\/$/, '')}
      </Anchor>
    )
  if (field.key === 'tags' && !field.custom)
    return (
      <span className="row wrap">
        {company.tags.map((tag) => (
          <Chip key={tag} dot={false}>
            {tag}
          </Chip>
        ))}
      </span>
    )
  if (field.type === 'phone' || field.key === 'corporateNumber') return <span className="num">{text}</span>
  return text
}

/** Free words about the company, saved when the field is left. */
export function NoteCard({ company }: { company: Company }) {
  const t = useWords('companies')
  const { may } = useSession()
  const toast = useToasts()
  const [note, setNote] = useState(company.note ?? '')
  useEffect(() => setNote(company.note ?? ''), [company.note])
  const save = () => {
    if (note === (company.note ?? '')) return
    client.companies.update({ id: company.id, note }).then(() => {
      toast.done(t('saved'))
      return again(api.companies.key())
    }, toast.failed)
  }
  return (
    <Card title={t('note')}>
      {may('companies.write') ? (
        <Textarea
          aria-label={t('note')}
          autosize
          minRows={2}
          maxRows={12}
          maxLength={10_000}
          value={note}
          onChange={(e) => setNote(e.currentTarget.value)}
          onBlur={save}
        />
      ) : (
        <p className="company-note">{company.note ?? '—'}</p>
      )}
    </Card>
  )
}

/** Which companies went into this one; each can be taken out again. */
export function MergesCard({ company }: { company: Company }) {
  const t = useWords('companies')
  const f = useFormats()
  const { may } = useSession()
  const toast = useToasts()
  if (company.merges.length === 0) return null
  const undo = (id: string) =>
    client.companies.undoMerge({ id }).then(() => {
      toast.done(t('mergeUndone'))
      return again(api.companies.key(), api.companyDeals.key())
    }, toast.failed)
  return (
    <Card title={t('merges')}>
      <ul className="company-plain">
        {company.merges.map((merge) => (
          <li key={merge.id}>
            <span>
              {t('mergedFrom', { name: merge.name })}
              <br />
              <span className="muted">
                {f.day(merge.at)} ・ {merge.actor}
              </span>
            </span>
            {merge.undoneAt ? (
              <span className="muted">{t('mergeUndone')}</span>
            ) : (
              may('companies.write') && (
                <Button size="compact-sm" variant="default" onClick={() => void undo(merge.id)}>
                  {t('mergeUndo')}
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The segments the company is in. */
export function SegmentsCard({ id }: { id: string }) {
  const t = useWords('companies')
  const f = useFormats()
  const segments = useQuery(api.companySegments.ofCompany.queryOptions({ input: { id } }))
  return (
    <Card title={t('segments')} aside={<Link to={'/companies/segments' as string}>{t('segmentsManage')}</Link>}>
      <ErrorNote error={segments.error} />
      {segments.data?.items.length === 0 && <p className="muted">{t('segmentsEmpty')}</p>}
      <ul className="company-plain">
        {segments.data?.items.map((one) => (
          <li key={one.id}>
            <Link to={'/companies' as string} search={{ segment: one.id } as never}>
              {one.name}
            </Link>
            <span className="muted">{t('cardSince', { day: f.day(one.since) })}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
