import '../deliver.css'
import './templates.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { PersonaResult, ReportPeople } from '#loop/deliver/template/report/contract.ts'
import { api } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Scroller } from '../../parts/Scroller.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { COLUMNS, RateCell, widestOf } from './RateCell.tsx'
import { ReportPeopleDrawer } from './ReportPeopleDrawer.tsx'

interface Asked {
  readonly of: ReportPeople
  readonly persona: PersonaResult
}

/** How a template's mails, or those of one newsletter made of it, did with each persona. */
export function PersonaResults({ id, newsletterId }: { id: string; newsletterId?: string }) {
  const t = useWords('templates')
  const mails = { id, ...(newsletterId ? { newsletterId } : {}) }
  const results = useQuery(api.templateReport.personas.queryOptions({ input: mails }))
  const [asked, setAsked] = useState<Asked | null>(null)
  const items = results.data?.items
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('persona.title')}</h2>
      </div>
      <p className="muted mail-hint">{t('persona.hint')}</p>
      {results.isPending && <Skeletons rows={3} />}
      <ErrorNote error={results.error} retry={results.refetch} />
      {items?.length === 0 && (
        <p className="muted mail-hint">
          {t('persona.none')} <Link to={'/personas' as string}>{t('persona.make')}</Link>
        </p>
      )}
      {items && items.length > 0 && (
        <Scroller label={t('persona.title')}>
          <Table items={items} onAsk={setAsked} />
        </Scroller>
      )}
      {asked && (
        <ReportPeopleDrawer
          input={{ ...mails, of: asked.of, personaId: asked.persona.personaId ?? 'none' }}
          scope={asked.persona.name || t('persona.nobody')}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  )
}

function Table({ items, onAsk }: { items: readonly PersonaResult[]; onAsk: (asked: Asked) => void }) {
  const t = useWords('templates')
  const f = useFormats()
  const widest = widestOf(items)
  const told = { better: t('persona.better'), worse: t('persona.worse'), same: t('told.same'), few: t('told.few') }
  return (
    <table className="edition-table">
      <thead>
        <tr>
          <th scope="col">{t('persona.column')}</th>
          <th scope="col">{t('count.sent')}</th>
          {COLUMNS.map((key) => (
            <th scope="col" key={key}>
              {t(`count.${key}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.personaId ?? 'none'}>
            <td>{one.personaId ? <b>{one.name}</b> : <span className="muted">{t('persona.nobody')}</span>}</td>
            <td>
              <NumberLink label={t('sample', { n: one.figures.sent })} onClick={() => onAsk({ of: 'sent', persona: one })}>
                {f.number(one.figures.sent)}
              </NumberLink>
            </td>
            {COLUMNS.map((key) => (
              <td key={key}>
                <RateCell result={one} of={key} widest={widest} told={told} onAsk={() => onAsk({ of: key, persona: one })} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
