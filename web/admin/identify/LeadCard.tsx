import type { ReactNode } from 'react'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { Chip, StageChip } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Pairs } from '../parts/Page.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { OwnerMenu, useAssign } from './AssignBar.tsx'
import { type Field, fieldValue, sectionsOf, useFields, useFieldWords } from './fieldShow.ts'
import { type Lead, stageOf } from './lead.ts'

/** Who they are: the fields of each section that the company arranged for this page. */
export function LeadCard({ lead, name }: { lead: Lead; name: string }) {
  const t = useWords('identify')
  const f = useFormats()
  const { language } = useLanguage()
  const words = useFieldWords()
  const { items, layout } = useFields()
  const kana = [lead.familyKana, lead.givenKana].filter(Boolean).join(' ')
  const sections = layout ? sectionsOf(layout, items, 'lead') : []
  const rowsOf = (fields: readonly Field[]) =>
    fields.flatMap((field): (readonly [ReactNode, ReactNode])[] => {
      const shown = <FieldValue key={field.key} lead={lead} field={field} text={words(field, fieldValue(lead, field))} />
      const isEmpty = words(field, fieldValue(lead, field)) === null
      return NAMES.has(field.key) || (isEmpty && !ALWAYS.has(field.key)) ? [] : [[field[language], isEmpty ? null : shown]]
    })
  const first = rowsOf(sections[0]?.fields ?? [])
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
            [t('stage'), <StageChip key="stage" stage={lead.identified ? (stageOf(lead) ?? 'new') : 'visitor'} />],
            [t('owner'), <OwnerLine key="owner" lead={lead} />],
            ...first,
            [t('createdAt'), f.day(lead.createdAt)],
            [t('lastSeen'), lead.lastSeenAt && <Ago at={lead.lastSeenAt} />],
          ]}
        />
      </Card>
      {sections.slice(1).map((section) => {
        const rows = rowsOf(section.fields)
        const more: (readonly [ReactNode, ReactNode])[] =
          section.id === 'secondary'
            ? [
                [t('sourceFirst'), lead.sourceFirst],
                [t('sourceLatest'), lead.sourceLatest],
                [t('interest'), lead.interest.length ? <Chips key="interest" list={lead.interest} /> : null],
              ]
            : []
        if (!rows.length && !more.length) return null
        return (
          <Card key={section.id} title={section[language]}>
            <Pairs items={[...more, ...rows]} />
          </Card>
        )
      })}
    </>
  )
}

/** In the heading already. */
const NAMES = new Set(['familyName', 'givenName', 'familyKana', 'givenKana'])
/** Shown even when empty: what is missing there should be seen. */
const ALWAYS = new Set(['mail', 'phone', 'companyName'])

function FieldValue({ lead, field, text }: { lead: Lead; field: Field; text: string | null }) {
  const t = useWords('identify')
  const { language } = useLanguage()
  if (field.custom || text === null) {
    if (field.key === 'mail' && !field.custom) return <MailLine lead={lead} />
    return field.type === 'url' && text ? <Site url={text} /> : text
  }
  if (field.key === 'mail') return <MailLine lead={lead} />
  if (field.key === 'phone') return <a href={`tel:${text}`}>{text}</a>
  if (field.key === 'website') return <Site url={text} />
  if (field.key === 'contactMail') return <span title={t('contactMailHint')}>{text}</span>
  const value = fieldValue(lead, field)
  if (Array.isArray(value))
    return <Chips list={value.map((one) => field.options.find((option) => option.value === one)?.[language] ?? String(one))} />
  return text
}

const Site = ({ url }: { url: string }) =>
  /^https?:/.test(url) ? (
    <a href={url} rel="noreferrer noopener" target="_blank">
      {url}
    </a>
  ) : (
    url
  )

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
