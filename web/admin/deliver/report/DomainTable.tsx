import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import { Scroller } from '../../parts/Scroller.tsx'
import { useWords } from '../../words/words.tsx'
import { type Behind, type CountAs, type Report, share } from './numbers.ts'

const COLUMNS = ['sent', 'delivered', 'opened', 'clicked', 'bouncedHard', 'bouncedSoft', 'stopped', 'complained'] as const
const RATED: ReadonlySet<string> = new Set(['opened', 'clicked'])

/** Where the mail went: one row for each receiving domain. */
export function DomainTable({ rows, as, open }: { rows: Report['domains']; as: CountAs; open: (behind: Behind) => void }) {
  const t = useWords('newsletters')
  const f = useFormats()
  return (
    <Card title={t('byDomain')}>
      <Scroller label={t('byDomain')}>
        <table className="report-table">
          <thead>
            <tr>
              <th scope="col">{t('domain')}</th>
              {COLUMNS.map((one) => (
                <th scope="col" key={one} className="end">
                  {t(`number.${one}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.domain}>
                <th scope="row">{row.domain || '—'}</th>
                {COLUMNS.map((of) => (
                  <td key={of} className="end num">
                    <NumberLink
                      onClick={() => open({ of, domain: row.domain, ...(RATED.has(of) ? { as } : {}) })}
                      label={`${row.domain} ${t(`number.${of}`)} ${row[of]}`}
                    >
                      {f.number(row[of])}
                    </NumberLink>
                    {RATED.has(of) && <span className="muted"> {f.percent(share(row[of], row.delivered))}</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Card>
  )
}
