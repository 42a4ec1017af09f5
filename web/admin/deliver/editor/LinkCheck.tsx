import './preflight.css'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { Draft } from '#loop/deliver/template/contract.ts'
import type { LinkReport } from '#loop/deliver/template/preflight/contract.ts'
import { client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useWords } from '../../words/words.tsx'
import { usePlaceName } from './CharsetCheck.tsx'

const BAD: ReadonlySet<LinkReport['fate']> = new Set(['gone', 'broken', 'away', 'refused'])
const order = (one: LinkReport): number => (BAD.has(one.fate) ? 0 : one.fate === 'ok' ? 2 : 1)

/** Fetches every link and picture of a mail, and says what to do about those that lead nowhere. */
export function LinkCheck({ draft }: { draft: Draft }) {
  const t = useWords('templates')
  const check = useMutation({ mutationFn: () => client.templateCheck.links({ draft }) })
  const items = [...(check.data?.items ?? [])].sort((a, b) => order(a) - order(b))
  return (
    <section className="preflight" aria-label={t('check.links')}>
      <Button size="compact-sm" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        {t('check.links')}
      </Button>
      <ErrorNote error={check.error} />
      {check.data && (
        <p className="verdict" role="status">
          {check.data.broken ? (
            <TriangleAlert size={16} color="var(--amber)" aria-hidden />
          ) : (
            <CircleCheck size={16} color="var(--green)" aria-hidden />
          )}
          <span>
            {items.length === 0
              ? t('check.noLinks')
              : check.data.broken
                ? t('check.broken', { n: check.data.broken, all: items.length })
                : t('check.allGood', { n: items.length })}
          </span>
        </p>
      )}
      {items.length > 0 && (
        <ul className="link-list">
          {items.map((one) => (
            <One key={one.url} link={one} />
          ))}
        </ul>
      )}
    </section>
  )
}

function One({ link }: { link: LinkReport }) {
  const t = useWords('templates')
  const nameOf = usePlaceName()
  const isBad = BAD.has(link.fate)
  const Icon = isBad ? TriangleAlert : link.fate === 'ok' ? CircleCheck : Info
  return (
    <li>
      <Icon size={14} aria-hidden color={isBad ? 'var(--amber)' : link.fate === 'ok' ? 'var(--green)' : 'var(--sub)'} />
      <div>
        <a href={link.url} target="_blank" rel="noreferrer noopener" className="url">
          {link.url}
        </a>
        <div className="tiny">
          <b>{t(`fate.${link.fate}`, { status: String(link.status ?? '') })}</b>
          <span className="muted">
            {' '}
            {[...link.places.map(nameOf), link.isPicture ? t('check.picture') : ''].filter(Boolean).join('・')}
          </span>
        </div>
        {link.fate !== 'ok' && <div className="muted tiny">{t(`fateDo.${link.fate}`)}</div>}
        {link.to && <div className="muted tiny url">→ {link.to}</div>}
        {link.detail && <div className="muted tiny">{link.detail}</div>}
      </div>
    </li>
  )
}
