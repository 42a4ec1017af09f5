import { Button, SegmentedControl } from '@mantine/core'
import { Combine, ImageOff, ScanLine, Split } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { again, api, client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type Detail, FIELDS, type Key, type Side, tone } from './card.ts'
import { pictureUrl } from './photos.ts'

const Corners = lazy(() => import('./Corners.tsx').then((module) => ({ default: module.Corners })))

/** The straightened card with the places its fields were read from; the one being edited is marked. */
export function Pictures({ card, focus, following }: { card: Detail; focus: Key | null; following: string | null }) {
  const t = useWords('cards')
  const toast = useToasts()
  const { may } = useSession()
  const [side, setSide] = useState<Side>('front')
  const [dragging, setDragging] = useState(false)
  const wanted = focus ? card.fields[focus]?.side : undefined
  useEffect(() => {
    if (wanted) setSide(wanted)
  }, [wanted])
  const size = card.seen[side]
  const split = () => client.cards.split({ id: card.id }).then(() => again(api.cards.key()))
  const join = () =>
    following &&
    client.cards
      .join({ id: card.id, other: following })
      .then(() => again(api.cards.key()).then(() => toast.undo(t('joined'), split)), toast.failed)
  const word = t(side)
  return (
    <div className="card card-picture">
      <div className="row wrap card-picture-head">
        {card.hasBack && (
          <SegmentedControl
            size="xs"
            value={side}
            onChange={(to) => setSide(to === 'back' ? 'back' : 'front')}
            data={[
              { value: 'front', label: t('front') },
              { value: 'back', label: t('back') },
            ]}
          />
        )}
        {may('cards.write') && (
          <>
            <Button size="xs" variant="default" leftSection={<ScanLine size={14} />} onClick={() => setDragging(true)}>
              {t('corners')}
            </Button>
            {!card.hasBack && following && (
              <Button size="xs" variant="default" leftSection={<Combine size={14} />} onClick={() => void join()}>
                {t('joinBack')}
              </Button>
            )}
            {card.hasBack && (
              <Button size="xs" variant="default" leftSection={<Split size={14} />} onClick={() => void split().catch(toast.failed)}>
                {t('splitBack')}
              </Button>
            )}
          </>
        )}
      </div>
      {size ? (
        <svg className="card-whole" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={t('pictureAlt', { side: word })}>
          <title>{t('pictureAlt', { side: word })}</title>
          <image href={pictureUrl(card, side)} width={size.width} height={size.height} />
          {FIELDS.map((key) => {
            const field = card.fields[key]
            return field?.box && field.side === side ? (
              <rect
                key={key}
                x={field.box.x - 8}
                y={field.box.y - 8}
                width={field.box.width + 16}
                height={field.box.height + 16}
                rx={8}
                className={`card-box is-${tone(field.confidence)}${key === focus ? ' on' : ''}`}
              />
            ) : null
          })}
        </svg>
      ) : card.failure === 'reader' ? (
        <img className="card-whole" src={pictureUrl(card, side, 'photo')} alt={t('pictureAlt', { side: word })} />
      ) : (
        <div className="card-no-picture muted">
          <ImageOff size={20} aria-hidden />
        </div>
      )}
      {dragging && (
        <Suspense>
          <Corners card={card} side={side} onClose={() => setDragging(false)} />
        </Suspense>
      )}
    </div>
  )
}
