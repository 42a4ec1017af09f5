import type { PartKey, PartResult, SimulationResult } from '#loop/orchestrate/simulate/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import { useWords } from '../../words/words.tsx'
import { type Place, type Shown, sumOf } from './simulation.ts'

/** Two drafts side by side, and who would enter only one of them. */
export function Compared({
  parts,
  both,
  open,
}: {
  parts: readonly Shown[]
  both: NonNullable<SimulationResult['both']>
  open: (place: Omit<Place, 'part' | 'until'>, part: PartKey) => void
}) {
  const t = useWords('simulate')
  const f = useFormats()
  const rows: readonly (readonly [string, (result: PartResult) => number, string])[] = [
    [t('entered'), (one) => one.entered, 'way start next'],
    [t('completed'), (one) => one.ends['completed'] ?? 0, 'way end completed'],
    [t('reached'), (one) => one.ends['goal'] ?? 0, 'way end goal'],
    [t('mails'), (one) => one.mails.reduce((sum, each) => sum + each.sent, 0), 'mail * sent'],
    [t('later'), (one) => one.mails.reduce((sum, each) => sum + each.postponed, 0), 'mail * postponed'],
    [t('unsent'), (one) => one.mails.reduce((sum, each) => sum + sumOf(each.held), 0), 'mail * held'],
    [t('collided'), (one) => one.collisions.reduce((sum, each) => sum + each.mails, 0), 'with *'],
  ]
  const only = (part: PartKey, title: string, n: number) => (
    <li>
      <span>{title}</span>
      {n > 0 ? (
        <NumberLink label={`${title} ${f.number(n)}`} onClick={() => open({ place: 'only', title, n }, part)}>
          {f.number(n)}
        </NumberLink>
      ) : (
        <span className="num">0</span>
      )}
    </li>
  )
  return (
    <Card title={t('compare')}>
      <div className="sm-scroll">
        <table className="sm-table">
          <thead>
            <tr>
              <td />
              {parts.map((one) => (
                <th key={one.key} scope="col">
                  {t(one.key === 'a' ? 'partA' : 'partB', { name: one.name })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, of, place]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {parts.map((one) => {
                  const n = of(one.result)
                  return (
                    <td key={one.key} className="num">
                      {n > 0 ? (
                        <NumberLink label={`${name} ${f.number(n)}`} onClick={() => open({ place, title: name, n }, one.key)}>
                          {f.number(n)}
                        </NumberLink>
                      ) : (
                        f.number(n)
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="sm-lines">
        {only('a', t('onlyA'), both.a)}
        {only('b', t('onlyB'), both.b)}
        <li>
          <span>{t('both')}</span>
          <span className="num">{f.number(both.both)}</span>
        </li>
      </ul>
    </Card>
  )
}
