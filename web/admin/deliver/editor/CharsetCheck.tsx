import './preflight.css'
import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import type { Draft } from '#loop/deliver/template/contract.ts'
import type { Finding, Place } from '#loop/deliver/template/preflight/contract.ts'
import { client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { useWords } from '../../words/words.tsx'
import { useFieldNames } from './fields.ts'

interface Audience {
  readonly include: string[]
  readonly exclude: string[]
}

/** Where something stands, as people count it. */
export function usePlaceName(): (place: Place) => string {
  const t = useWords('templates')
  return ({ part, block }) => (part === 'block' ? t('check.block', { n: block ?? 0 }) : t(`check.${part}`))
}

/**
 * What ISO-2022-JP cannot carry of a mail, what can stand instead, and whose mail goes in UTF-8. Nothing is shown of a mail that is wanted in UTF-8.
 * @param onMend puts the proposals in; left out where the mail is only looked at
 */
export function CharsetCheck({
  draft,
  audience,
  onMend,
  onPlace,
}: {
  draft: Draft
  audience?: Audience
  onMend?: (to: Draft) => void
  onPlace?: (blockId: string) => void
}) {
  const t = useWords('templates')
  const [settled] = useDebouncedValue(draft, 500)
  const found = useQuery({
    queryKey: ['template-charset', settled],
    queryFn: () => client.templateCheck.charset({ draft: settled }),
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (!found.data) return <ErrorNote error={found.error} retry={found.refetch} />
  const { wanted, sentAs, findings, mended } = found.data
  if (wanted !== 'iso-2022-jp') return null
  const lost = findings.filter((one) => one.kind === 'lost')
  const twins = findings.filter((one) => one.kind === 'twin')
  return (
    <section className="preflight" aria-label={t('check.charset')}>
      <p className="verdict" role="status">
        {sentAs === wanted ? (
          <CircleCheck size={16} color="var(--green)" aria-hidden />
        ) : (
          <TriangleAlert size={16} color="var(--amber)" aria-hidden />
        )}
        <span>{sentAs === wanted ? t('check.fits') : t('check.falls', { n: new Set(lost.map(({ char }) => char)).size })}</span>
      </p>
      {lost.length > 0 && <Signs findings={lost} {...(onPlace ? { onPlace } : {})} />}
      {onMend && lost.some(({ swap }) => swap !== null) && (
        <Button
          size="compact-sm"
          variant="default"
          disabled={settled !== draft || found.isPlaceholderData}
          onClick={() => onMend(mended as Draft)}
        >
          {t('check.mend')}
        </Button>
      )}
      {twins.length > 0 && (
        <p className="muted tiny">{t('check.twins', { signs: [...new Set(twins.map(({ char }) => char))].join(' ') })}</p>
      )}
      <People draft={settled} {...(audience ? { audience } : {})} />
    </section>
  )
}

function Signs({ findings, onPlace }: { findings: readonly Finding[]; onPlace?: (blockId: string) => void }) {
  const t = useWords('templates')
  const nameOf = usePlaceName()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls, also by keys
    <ul className="sign-list" tabIndex={0} aria-label={t('check.charset')}>
      {findings.map((one) => (
        <li key={`${one.part} ${one.blockId} ${one.char}`}>
          <b className="sign" title={one.code}>
            {one.char}
          </b>
          <span className="into">{one.swap === null ? t('check.noSwap') : one.swap === '' ? t('check.drop') : `→ ${one.swap}`}</span>
          <span className="muted tiny">
            {onPlace && one.blockId ? (
              <button type="button" className="place" onClick={() => onPlace(one.blockId ?? '')}>
                {nameOf(one)}
              </button>
            ) : (
              nameOf(one)
            )}
            {` ${one.excerpt}`}
          </span>
        </li>
      ))}
    </ul>
  )
}

function People({ draft, audience }: { draft: Draft; audience?: Audience }) {
  const t = useWords('templates')
  const f = useFormats()
  const fieldName = useFieldNames()
  const look = useMutation({ mutationFn: () => client.templateCheck.charset({ draft, audience: audience ?? 'leads' }) })
  const people = look.data?.people
  return (
    <>
      <Button size="compact-sm" variant="default" loading={look.isPending} onClick={() => look.mutate()}>
        {audience ? t('check.lookReaders') : t('check.lookLeads')}
      </Button>
      <ErrorNote error={look.error} />
      {people && (
        <div role="status">
          <p className="muted tiny">
            {t('check.people', { n: people.looked, m: people.falling })}
            {people.more && ` ${t('check.more')}`}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls, also by keys */}
          <ul className="sign-list" tabIndex={0} aria-label={audience ? t('check.lookReaders') : t('check.lookLeads')}>
            {people.items.map((one) => (
              <li key={one.personId}>
                <b className="sign">{one.chars.join(' ')}</b>
                <span className="muted tiny">
                  <Link to={`/leads/${one.personId}` as string}>{one.name || one.company || one.personId.slice(0, 8)}</Link>
                  {` ${f.pair(one.field === 'to' ? t('check.to') : fieldName(one.field), one.value)}`}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
