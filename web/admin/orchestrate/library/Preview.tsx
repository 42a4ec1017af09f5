import { Button } from '@mantine/core'
import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import type { LibraryItem } from '#loop/orchestrate/library/contract.ts'
import { useWords } from '../../words/words.tsx'
import { type Choice, type Names, useNames } from '../useNames.ts'
import { useSentences } from '../useSentences.ts'
import { MakeForm } from './MakeForm.tsx'
import { Steps } from './Steps.tsx'

/** What a scenario of the library is for, its steps and mails, and the button that makes it. Without an item: the blank one. */
export function Preview({ item, link, onBack }: { item: LibraryItem | undefined; link: string; onBack?: () => void }) {
  const t = useWords('library')
  const names = useNames()
  const top = useRef<HTMLElement>(null)
  // On a phone it takes the place of a list that may have been scrolled.
  const isAlone = onBack !== undefined
  useEffect(() => {
    if (isAlone) top.current?.scrollIntoView({ block: 'start' })
  }, [isAlone])
  return (
    <section ref={top} className="sl-preview" aria-label={t('preview')}>
      {onBack && (
        <Button variant="subtle" size="compact-sm" className="sl-back" leftSection={<ArrowLeft size={14} />} onClick={onBack}>
          {t('back')}
        </Button>
      )}
      <div className="sl-told">
        <h3>{item?.name ?? t('blank')}</h3>
        <p>{item?.text ?? t('blankText')}</p>
        {item && <Facts item={item} />}
        {item && <Drawn item={item} names={names} />}
        {item && item.mails.length > 0 && <Mails item={item} />}
      </div>
      <MakeForm item={item} link={link} names={names} />
    </section>
  )
}

function Facts({ item }: { item: LibraryItem }) {
  const t = useWords('library')
  const along = [
    ...(item.mails.length ? [t('along.mails', { n: item.mails.length })] : []),
    ...item.segments.map(({ name }) => t('along.segment', { name })),
    ...(item.score ? [t('along.score', { name: item.score.name })] : []),
    ...(item.field ? [t('along.field', { name: item.field })] : []),
    ...(item.form ? [t('along.form', { name: item.form.name })] : []),
  ]
  return (
    <dl className="sl-facts">
      <Fact name={t('enters')}>{item.enters}</Fact>
      <Fact name={t('lasts')}>{t('lastsText', { days: item.days, n: stepsOf(item.graph.steps).length })}</Fact>
      <Fact name={t('needs')}>
        <Lines lines={item.needs} />
      </Fact>
      {along.length > 0 && (
        <Fact name={t('along.title')}>
          <Lines lines={along} />
        </Fact>
      )}
    </dl>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const Lines = ({ lines }: { lines: readonly string[] }) => (
  <ul>
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
)

/** The steps, told with the names of what is only made along. */
function Drawn({ item, names }: { item: LibraryItem; names: Names }) {
  const t = useWords('library')
  const told = useMemo(() => {
    const asChoices = (list: readonly { id: string; name: string }[]): Choice[] => list.map(({ id, name }) => ({ value: id, label: name }))
    const mails = item.mails.map(({ id, subject }) => ({ value: id, label: t('subject', { subject }) }))
    const dates = item.field ? [{ value: 'attrs.seminar_date', label: item.field }] : []
    return {
      ...names,
      templates: [...names.templates, ...mails],
      segments: [...names.segments, ...asChoices(item.segments)],
      forms: [...names.forms, ...asChoices(item.form ? [item.form] : [])],
      dates: [...names.dates, ...dates],
    }
  }, [item, names, t])
  const say = useSentences(told)
  return (
    <>
      <h4>{t('steps')}</h4>
      <Steps item={item} say={say} />
    </>
  )
}

function Mails({ item }: { item: LibraryItem }) {
  const t = useWords('library')
  return (
    <>
      <h4>{t('mails')}</h4>
      <p className="muted">{t('mailsText')}</p>
      <div className="sl-mails">
        {item.mails.map((mail) => (
          <details key={mail.id}>
            <summary>
              <b>{mail.name}</b>
              <span className="muted">{mail.subject}</span>
            </summary>
            {mail.lines.map((line) => (
              <p key={line}>{line}</p>
            ))}
            {mail.button && <span className="sl-button">{mail.button}</span>}
          </details>
        ))}
      </div>
    </>
  )
}
