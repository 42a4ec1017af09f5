import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { api } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { Chip, StageChip } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Pairs } from '../parts/Page.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { OwnerMenu, useAssign } from './AssignBar.tsx'
import { type Lead, stageOf } from './lead.ts'

const wordIn = (list: readonly { value: string; ja: string; en: string }[], value: string | null, language: 'ja' | 'en'): string | null =>
  list.find((one) => one.value === value)?.[language] ?? value

/** Who they are, in the three classes of lead data: basics, interest, and fields about behaviour. */
export function LeadCard({ lead, name }: { lead: Lead; name: string }) {
  const t = useWords('identify')
  const f = useFormats()
  const { language } = useLanguage()
  const kana = [lead.familyKana, lead.givenKana].filter(Boolean).join(' ')
  const v = vocabulary
  return (
    <>
      <Card>
        <div className="lead-head">
          <Avatar name={name} size={44} />
          <div>
            <h2>{name}</h2>
            <div className="muted">{kana || [lead.department, lead.title].filter(Boolean).join(' ')}</div>
          </div>
        </div>
        <Pairs
          items={[
            [t('companyName'), lead.companyName],
            [t('department'), lead.department],
            [t('title'), lead.title],
            [t('mail'), <MailLine key="mail" lead={lead} />],
            [t('phone'), lead.phone && <a href={`tel:${lead.phone}`}>{lead.phone}</a>],
            [t('stage'), <StageChip key="stage" stage={lead.identified ? (stageOf(lead) ?? 'new') : 'visitor'} />],
            [t('owner'), <OwnerLine key="owner" lead={lead} />],
            [t('industry'), wordIn(v.industries, lead.industry, language)],
            [t('prefecture'), wordIn(v.prefectures, lead.prefecture, language)],
            [t('employeeBand'), wordIn(v.employeeBands, lead.employeeBand, language)],
            [
              t('website'),
              lead.website && /^https?:/.test(lead.website) ? (
                <a key="site" href={lead.website} rel="noreferrer noopener" target="_blank">
                  {lead.website}
                </a>
              ) : null,
            ],
            [t('createdAt'), f.day(lead.createdAt)],
            [t('lastSeen'), lead.lastSeenAt && <Ago at={lead.lastSeenAt} />],
          ]}
        />
      </Card>
      <Card title={t('secondaryCard')}>
        <Pairs
          items={[
            [t('sourceFirst'), lead.sourceFirst],
            [t('sourceLatest'), lead.sourceLatest],
            [t('interest'), lead.interest.length ? <Chips key="interest" list={lead.interest} /> : null],
            [t('priority'), wordIn(v.priorities, lead.priority, language)],
            [t('tags'), lead.tags.length ? <Chips key="tags" list={lead.tags} /> : null],
            ...useCustom(lead, 'secondary'),
          ]}
        />
      </Card>
      <CustomCard title={t('behaviourCard')} rows={useCustom(lead, 'behaviour')} />
      <CustomCard title={t('facts')} rows={useCustom(lead, 'basic')} />
    </>
  )
}

function MailLine({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  if (!lead.mail) return <span className="muted">—</span>
  return (
    <span>
      {lead.mail}
      {lead.mailRisk && (
        <span className="muted">
          <br />
          {t('carrierRisk')}
        </span>
      )}
    </span>
  )
}

function OwnerLine({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  const { may } = useSession()
  const assign = useAssign()
  const words = lead.ownerName ?? t('noOwner')
  if (!may('leads.write')) return <>{words}</>
  return (
    <OwnerMenu onChoose={(ownerId) => void assign([lead.id], ownerId)}>
      <button type="button" className="link-button">
        {words}
      </button>
    </OwnerMenu>
  )
}

const Chips = ({ list }: { list: readonly string[] }) => (
  <span className="row wrap">
    {list.map((one) => (
      <Chip key={one} dot={false}>
        {one}
      </Chip>
    ))}
  </span>
)

function CustomCard({ title, rows }: { title: string; rows: readonly (readonly [ReactNode, ReactNode])[] }) {
  if (!rows.length) return null
  return (
    <Card title={title}>
      <Pairs items={rows} />
    </Card>
  )
}

/** The custom fields of one class that this lead has values of. */
function useCustom(lead: Lead, wanted: 'basic' | 'secondary' | 'behaviour'): (readonly [ReactNode, ReactNode])[] {
  const { language } = useLanguage()
  const fields = useQuery({ ...api.fields.list.queryOptions({ input: {} }), staleTime: 300_000 })
  return (fields.data?.items ?? [])
    .filter((field) => field.custom && field.class === wanted && lead.attrs[field.key] !== undefined)
    .map((field) => {
      const value = lead.attrs[field.key]
      const words = (Array.isArray(value) ? value : [value]).map(
        (one) => field.options.find((option) => option.value === one)?.[language] ?? String(one),
      )
      return [field[language], words.join('、')] as const
    })
}
