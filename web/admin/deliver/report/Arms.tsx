import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import { Scroller } from '../../parts/Scroller.tsx'
import { useWords } from '../../words/words.tsx'
import { type Behind, type CountAs, clicksOf, type MailFigures, opensOf, type Report, share } from './numbers.ts'

const COLUMNS = ['sent', 'delivered', 'opened', 'clicked', 'converted', 'stopped'] as const
/** What each number is a share of. */
const WHOLE = { delivered: 'sent', opened: 'delivered', clicked: 'delivered', converted: 'sent', stopped: 'sent' } as const

interface Props {
  arms: NonNullable<Report['arms']>
  as: CountAs
  open: (behind: Behind) => void
}

/** A beside B, while both are tried and afterwards: the people who got either of them as a test. */
export function Arms({ arms, as, open }: Props) {
  const t = useWords('newsletters')
  const f = useFormats()
  const numberOf = (figures: MailFigures, of: (typeof COLUMNS)[number]) =>
    of === 'opened' ? opensOf(figures, as) : of === 'clicked' ? clicksOf(figures, as) : figures[of]
  return (
    <Card title={t('trial.beside')}>
      <p className="muted tiny mail-hint">{t('trial.besideText')}</p>
      <Scroller label={t('trial.beside')}>
        <table className="report-table">
          <thead>
            <tr>
              <th scope="col">{t('trial.way')}</th>
              {COLUMNS.map((of) => (
                <th scope="col" key={of} className="end">
                  {t(`number.${of}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {arms.map(({ arm, subject, figures }) => (
              <tr key={arm}>
                <th scope="row">
                  {arm.toUpperCase()}
                  <span className="muted tiny arm-subject">{subject}</span>
                </th>
                {COLUMNS.map((of) => {
                  const number = numberOf(figures, of)
                  const whole = of === 'sent' ? null : figures[WHOLE[of]]
                  return (
                    <td key={of} className="end num">
                      <NumberLink
                        onClick={() => open({ of, arm, ...(of === 'opened' || of === 'clicked' ? { as } : {}) })}
                        label={`${arm.toUpperCase()} ${t(`number.${of}`)} ${number}`}
                      >
                        {f.number(number)}
                      </NumberLink>
                      {whole !== null && (
                        <span className="muted tiny arm-rate">
                          {t('trial.ofPeople', { rate: f.percent(share(number, whole)), n: whole })}
                        </span>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Card>
  )
}
