import type { Newsletter } from '#loop/deliver/newsletter/contract.ts'
import { Chip } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Pairs } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import { useSubject } from './useSubject.ts'

/** What a test of two has come to: who won, or that no difference was shown, and what the others got. */
export function TrialResult({ row }: { row: Newsletter }) {
  const subjectOf = useSubject()
  const t = useWords('newsletters')
  const f = useFormats()
  const { test, testResult: result } = row
  if (!test) return null
  const other = {
    subject: test.subject && subjectOf(test.subject),
    sender: test.senderName,
    body: t('trial.kind.body'),
    time: test.sendAt ? f.instant(test.sendAt) : '',
  }[test.on]
  return (
    <Card
      title={t('trial.result')}
      aside={
        <Chip tone={result ? (result.verdict === 'a' || result.verdict === 'b' ? 'green' : 'grey') : 'blue'}>
          {result ? t(`trial.verdict.${result.verdict}`) : t('trial.running')}
        </Chip>
      }
    >
      <Pairs
        items={[
          [t('trial.what'), `${t(`trial.kind.${test.on}`)} — B: ${other ?? ''}`],
          [t('trial.evidence'), result ? t('trial.evidenceOf', { n: f.decimal(result.evidence) }) : null],
          [t('trial.goes'), result ? result.goes.toUpperCase() : row.testUntil ? t('trial.until', { at: f.instant(row.testUntil) }) : null],
        ]}
      />
      <p className="muted tiny">{t('trial.rule')}</p>
    </Card>
  )
}
