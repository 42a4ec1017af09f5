import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { spoken } from '../problem.ts'
import { useWords } from '../words/words.tsx'
import type { Detail } from './detail.ts'
import type { Options } from './HowCard.tsx'

type Result = NonNullable<Detail['found']>

/** What a trial run found: how many rows become what, and why some do not. */
export function Found({
  found,
  policy,
  encoding,
  target,
}: {
  found: Result
  policy: Options['policy']
  encoding: Detail['encoding']
  target: Detail['target']
}) {
  const t = useWords('imports')
  const f = useFormats()
  const numbers = [
    [t('willInsert'), found.inserted, ''],
    [t('willUpdate'), found.updated, ''],
    [t('willSkip'), found.skipped, ''],
    [t('willReject'), found.rejected, found.rejected ? 'bad' : ''],
  ] as const
  return (
    <Card title={t('foundTitle')} aside={<span className="hide-s">{t('foundRows', { n: found.rows })}</span>}>
      <div className="import-numbers first">
        {numbers.map(([label, n, tone]) => (
          <div key={label}>
            <span className="muted">{label}</span>
            <b className={`num ${tone}`}>{f.number(n)}</b>
          </div>
        ))}
      </div>
      {found.unread > 0 && (
        <div className="error-note" role="alert">
          {t('unread', { n: found.unread, other: t(`encodings.${encoding === 'utf-8' ? 'cp932' : 'utf-8'}`) })}
        </div>
      )}
      {(found.returned ?? 0) > 0 && <p>{t('willReturn', { n: found.returned ?? 0 })}</p>}
      {found.repeated > 0 && <p>{t('repeated', { n: found.repeated })}</p>}
      {target === 'people' && found.conflicts > 0 && <Conflicts found={found} policy={policy} />}
      <ul className="import-reasons">
        {found.reasons.map((one) => (
          <li key={`${one.outcome} ${one.reason}`}>
            <b className={one.outcome === 'rejected' ? 'num bad' : 'num'}>{f.number(one.n)}</b>
            <span>{spoken(one.reason)}</span>
            <span className="muted">
              {t('linesOf', { lines: one.lines.map((line) => f.number(line)).join(', ') + (one.n > one.lines.length ? '…' : '') })}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** Rows that disagree with what is known; which of the two wins is the policy's word. */
function Conflicts({ found, policy }: { found: Result; policy: Options['policy'] }) {
  const t = useWords('imports')
  return (
    <details className="import-conflicts">
      <summary>
        {t('conflicts', { n: found.conflicts })}{' '}
        <span className="muted">{policy === 'update' ? t('conflictsUpdate') : t('conflictsFill')}</span>
      </summary>
      {found.samples.length ? (
        <div className="import-table">
          <table>
            <thead>
              <tr>
                <th>{t('line')}</th>
                <th>{t('field')}</th>
                <th>{t('before')}</th>
                <th>{t('after')}</th>
              </tr>
            </thead>
            <tbody>
              {found.samples.map((one) => (
                <tr key={`${one.line} ${one.field}`}>
                  <td className="num">{one.line}</td>
                  <td>{one.field}</td>
                  <td>{one.from}</td>
                  <td>{one.to}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className="muted">{t('cellsErased')}</p>
      )}
    </details>
  )
}
