import { Anchor, Button, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Pairs } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import type { Company } from './company.ts'

/** What is known of a company itself. */
export function AboutCard({ company }: { company: Company }) {
  const t = useWords('companies')
  const { language } = useLanguage()
  const wordOf = (list: readonly { value: string; ja: string; en: string }[], value: string | null) =>
    list.find((one) => one.value === value)?.[language] ?? value
  const place = [wordOf(vocabulary.prefectures, company.prefecture), company.city, company.address].filter(Boolean).join('')
  return (
    <Card title={t('about')}>
      <Pairs
        items={[
          [t('kana'), company.kana],
          [t('englishName'), company.englishName],
          [t('aliases'), company.aliases.join('、')],
          [t('corporateNumber'), company.corporateNumber && <span className="num">{company.corporateNumber}</span>],
          [t('domains'), company.domains.join('、')],
          [
            t('website'),
            company.website && (
              <Anchor href={company.website} target="_blank" rel="noreferrer noopener" size="sm">
                {company.website.replace(/^https?:\/\//, '').replace(/\/$/, '')}
              </Anchor>
            ),
          ],
          [t('phone'), company.phone && <span className="num">{company.phone}</span>],
          [t('where'), [company.postalCode && `〒${company.postalCode}`, place].filter(Boolean).join(' ')],
          [t('industry'), wordOf(vocabulary.industries, company.industry)],
          [t('employeeBand'), wordOf(vocabulary.employeeBands, company.employeeBand)],
          [t('fiscalMonth'), company.fiscalMonth && t('month', { n: company.fiscalMonth })],
          [t('owner'), company.ownerName],
          [
            t('tags'),
            company.tags.length > 0 && (
              <span className="row wrap">
                {company.tags.map((tag) => (
                  <Chip key={tag} dot={false}>
                    {tag}
                  </Chip>
                ))}
              </span>
            ),
          ],
        ].map(([name, value]) => [name, value || null] as const)}
      />
    </Card>
  )
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
