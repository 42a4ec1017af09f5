import type { MqlVersion } from '#loop/sales/qualify/mql/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import type { RuleWords } from '../../segment/ruleWords.ts'
import { useWords } from '../../words/words.tsx'

type HandedNumber = 'handed' | 'met' | 'accepted' | 'returned'
/** The hand-offs behind a number of a version. */
export const handedOf = ({ version }: MqlVersion, of: HandedNumber) => ({
  state: of === 'accepted' || of === 'returned' ? of : 'all',
  mql: version,
  ...(of === 'met' ? { met: true } : {}),
})

/** A number of a version that opens its hand-offs. */
export function Handed({ version, of }: { version: MqlVersion; of: HandedNumber }) {
  const t = useWords('qualify')
  const f = useFormats()
  return (
    <NumberLink to="/handoffs" search={handedOf(version, of)} label={`${t(of)} ${f.number(version[of])}`}>
      {f.number(version[of])}
    </NumberLink>
  )
}

/** The versions that are over, with what came of each. */
export function Past({ versions, words }: { versions: readonly MqlVersion[]; words: RuleWords }) {
  const t = useWords('qualify')
  const f = useFormats()
  return (
    <Card title={t('past')}>
      {versions.map((one) => (
        <div className="mql-past" key={one.version}>
          <span className="row wrap">
            <b>{t('version', { n: String(one.version) })}</b>
            <span className="muted">
              {t('period', { from: f.day(one.liveAt ?? one.madeAt), to: one.endedAt ? f.day(one.endedAt) : '' })}
            </span>
            <span className="muted push num">
              {t('handed')} <Handed version={one} of="handed" /> ・ {t('accepted')} <Handed version={one} of="accepted" /> ・{' '}
              {t('returned')} <Handed version={one} of="returned" />
            </span>
          </span>
          <span className="rule-said">{words.ruleText(one.rule)}</span>
          {one.note && <span className="muted">{one.note}</span>}
        </div>
      ))}
    </Card>
  )
}
