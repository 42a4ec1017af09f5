import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { PartResult } from '#loop/orchestrate/simulate/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import { useWords } from '../../words/words.tsx'
import { useBecause } from '../useBecause.ts'
import type { Open } from './simulation.ts'

interface Props {
  readonly result: PartResult
  readonly open: Open
}

/** How many mails people would get in a week. */
export function Weeks({ result, open }: Props) {
  const t = useWords('simulate')
  const f = useFormats()
  const [of, setOf] = useState<'own' | 'all'>('own')
  const bars = result.weeks[of]
  const most = Math.max(1, ...bars)
  return (
    <Card
      title={t('weeks')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('weeks')}
          value={of}
          onChange={(to) => setOf(to as typeof of)}
          data={[
            { value: 'own', label: t('weeksOwn') },
            { value: 'all', label: t('weeksAll') },
          ]}
        />
      }
    >
      <p className="muted">{t('weeksText')}</p>
      <ul className="sm-bars">
        {bars.map((n, i) => {
          const label = i === bars.length - 1 ? t('nMailsMore') : t('nMails', { n: i + 1 })
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: five bars, always the same
            <li key={i}>
              <span>{label}</span>
              <span className="sm-bar">
                <i style={{ width: `${(n / most) * 100}%` }} data-much={i >= 2} />
              </span>
              {n > 0 ? (
                <NumberLink
                  label={`${label} ${f.number(n)}`}
                  onClick={() => open({ place: `weeks ${of} ${i + 1}`, title: f.pair(t('weeks'), label), n })}
                >
                  {f.number(n)}
                </NumberLink>
              ) : (
                <span className="num muted">0</span>
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

/** Other mail that would have met it. */
export function Collisions({ result, open }: Props) {
  const t = useWords('simulate')
  const f = useFormats()
  return (
    <Card title={t('collisions')}>
      <p className="muted">{t('collisionsText')}</p>
      {!result.collisions.length && <p>{t('noCollisions')}</p>}
      <ul className="sm-lines">
        {result.collisions.map((one) => (
          <li key={one.key}>
            <span className="clip">
              {one.name || t('gone')} <span className="muted">{t(one.kind === 'other' ? 'otherKind' : one.kind)}</span>
            </span>
            <NumberLink
              onClick={() => open({ place: `with ${one.key}`, title: f.pair(t('collisions'), one.name || t('gone')), n: one.mails })}
            >
              {t('collisionOf', { people: one.people, mails: one.mails })}
            </NumberLink>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** What hours, caps and consent hold back. */
export function Caps({ result, open }: Props) {
  const t = useWords('simulate')
  const { reason } = useBecause()
  const f = useFormats()
  const held = result.mails.flatMap((one) => Object.entries(one.held).map(([why, n]) => ({ step: one.step, reason: why, n })))
  return (
    <Card title={t('caps')}>
      <p className="muted">{t('capsText')}</p>
      {!result.caps.length && <p>{t('noCaps')}</p>}
      <ul className="sm-lines">
        {result.caps.map((one) => {
          const name = t(one.reason === 'quiet' ? 'quiet' : 'capped')
          return (
            <li key={one.reason}>
              <span>{name}</span>
              <span className="row wrap">
                <NumberLink onClick={() => open({ place: `caps ${one.reason}`, title: name, n: one.mails })}>
                  {t('capOf', { mails: one.mails, hours: one.hours })}
                </NumberLink>
                {one.givenUp > 0 && (
                  <NumberLink onClick={() => open({ place: `caps givenUp ${one.reason}`, title: name, n: one.givenUp })}>
                    {t('givenUp', { n: one.givenUp })}
                  </NumberLink>
                )}
              </span>
            </li>
          )
        })}
      </ul>
      {held.length > 0 && <h3>{t('heldMails')}</h3>}
      <ul className="sm-lines">
        {held.map((one) => (
          <li key={`${one.step} ${one.reason}`}>
            <span>{reason(one.reason)}</span>
            <NumberLink
              label={`${reason(one.reason)} ${f.number(one.n)}`}
              onClick={() =>
                open({ place: `mail ${one.step} held ${one.reason}`, title: f.pair(t('placeHeld'), reason(one.reason)), n: one.n })
              }
            >
              {f.number(one.n)}
            </NumberLink>
          </li>
        ))}
      </ul>
    </Card>
  )
}
